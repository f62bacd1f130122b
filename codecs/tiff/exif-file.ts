import { CorruptSource } from '../../image/errors.ts';
import type { Metadata } from '../../image/metadata.ts';
import { memoryBytes } from '../memory-bytes.ts';
import { createChunkReader } from './chunk-reader.ts';
import { readDirectory } from './directory.ts';
import { isTiff, parseHeader } from './header.ts';
import { createMetadataReader } from './metadata.ts';

/** What JPEG has before EXIF, and some writers put there in other formats as well. */
const EXIF_PREFIX = 'Exif\0\0';

/** EXIF is a TIFF without a picture; a damaged one says nothing. */
export async function readExifFile(content: Buffer | undefined): Promise<Metadata | undefined> {
  if (!content) return undefined;
  const start = content.toString('latin1', 0, EXIF_PREFIX.length) === EXIF_PREFIX ? EXIF_PREFIX.length : 0;
  const tiff = content.subarray(start);
  if (tiff.length < 16 || !isTiff(tiff)) return undefined;
  try {
    const { firstDirectory, ...layout } = parseHeader(tiff);
    const bytes = memoryBytes(tiff);
    const directory = await readDirectory({ layout, chunks: createChunkReader(bytes, tiff) }, firstDirectory);
    return await createMetadataReader(directory, { layout, bytes }, 'rgb').metadata();
  } catch (error) {
    if (error instanceof CorruptSource) return undefined;
    throw error;
  }
}
