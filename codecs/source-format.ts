import type { ByteSource, ImageSource } from '../image/source.ts';
import type { DecodeTools } from './decode-tools.ts';

/** How many bytes at the start of a file `recognises` is shown. */
export const HEAD_LENGTH = 16;

/** A kind of image file that can be opened. */
export interface SourceFormat {
  /** In lower case, for logs and metrics. */
  readonly name: string;
  /** Whether these first `HEAD_LENGTH` bytes begin such a file; names and extensions never count. */
  recognises(head: Uint8Array): boolean;
  /**
   * Reads what is needed to describe the image. The source closes `bytes` when it is closed itself; the caller closes
   * them when opening fails.
   *
   * @throws UnsupportedSource, CorruptSource
   */
  open(bytes: ByteSource, tools: DecodeTools): Promise<ImageSource>;
}
