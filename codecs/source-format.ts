import type { ByteSource, ImageSource } from '../image/source.ts';
import type { DecodeTools } from './decode-tools.ts';

/** A kind of image file that can be opened. */
export interface SourceFormat {
  /** In lower case, for logs and metrics. */
  readonly name: string;
  /** Whether opening a file may bring down the process, as decoders do that are not ours. */
  readonly isRisky?: boolean;
  /**
   * Whether a file that begins like this is of the format; names and extensions never count.
   *
   * @param head - at least 16 bytes
   */
  recognises(head: Uint8Array): boolean;
  /**
   * Reads what is needed to describe the image. The source closes `bytes` when it is closed itself; the caller closes
   * them when opening fails.
   *
   * @param head - the first bytes of the file, which were read to recognise it
   * @throws UnsupportedSource, CorruptSource
   */
  open(bytes: ByteSource, tools: DecodeTools, head: Uint8Array): Promise<ImageSource>;
}
