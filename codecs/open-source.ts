import { SourceNotFound, UnsupportedSource } from '../image/errors.ts';
import type { ByteSource, ImageSource } from '../image/source.ts';
import type { DecodeTools } from './decode-tools.ts';
import { knownKindOf } from './known-kinds.ts';
import { HEAD_LENGTH, type SourceFormat } from './source-format.ts';
import { tiff } from './tiff/tiff-format.ts';

/** Every kind of image file this server opens. */
export const SOURCE_FORMATS: readonly SourceFormat[] = [tiff];

/**
 * Opens an image by what its first bytes say. The source closes `bytes` when it is closed itself; when opening fails they
 * stay the caller's.
 *
 * @throws SourceNotFound when it is no image, UnsupportedSource when it is one of a kind that is not read, CorruptSource
 */
export async function openSource(bytes: ByteSource, tools: DecodeTools): Promise<ImageSource> {
  if (bytes.size < HEAD_LENGTH) throw new SourceNotFound();
  const head = await bytes.read(0, HEAD_LENGTH);
  const format = SOURCE_FORMATS.find((candidate) => candidate.recognises(head));
  if (format) return format.open(bytes, tools);
  const kind = knownKindOf(head);
  throw kind ? new UnsupportedSource(kind) : new SourceNotFound();
}
