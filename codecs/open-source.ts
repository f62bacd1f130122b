import { SourceNotFound, UnsupportedSource } from '../image/errors.ts';
import type { ByteSource, ImageSource } from '../image/source.ts';
import type { DecodeTools } from './decode-tools.ts';
import { FLAT_FORMATS } from './flat/flat-formats.ts';
import { jpeg2000 } from './jpeg2000/jpeg2000-format.ts';
import { knownKindOf } from './known-kinds.ts';
import type { SourceFormat } from './source-format.ts';
import { tiff } from './tiff/tiff-format.ts';

/** The kinds of image file that are built in. */
export const SOURCE_FORMATS: readonly SourceFormat[] = [tiff, jpeg2000, ...FLAT_FORMATS];

/** No image file of any kind is shorter. */
const MIN_LENGTH = 16;

/** More than it takes to recognise a file, because much of what opening it needs often follows at once. */
const HEAD_LENGTH = 4096;

/**
 * Opens an image by what its first bytes say. The source closes `bytes` when it is closed itself; when opening fails they
 * stay the caller's.
 *
 * @param formats - asked in this order
 * @throws SourceNotFound when it is no image, UnsupportedSource when it is one of a kind that is not read, CorruptSource
 */
export async function openSource(
  bytes: ByteSource,
  tools: DecodeTools,
  formats: readonly SourceFormat[] = SOURCE_FORMATS,
): Promise<ImageSource> {
  if (bytes.size < MIN_LENGTH) throw new SourceNotFound();
  const head = await bytes.read(0, Math.min(HEAD_LENGTH, bytes.size));
  const format = formats.find((candidate) => candidate.recognises(head));
  if (format?.isRisky) return tools.watch.run(bytes.file, 'process', () => format.open(bytes, tools, head));
  if (format) return format.open(bytes, tools, head);
  const kind = knownKindOf(head);
  throw kind ? new UnsupportedSource(kind) : new SourceNotFound();
}
