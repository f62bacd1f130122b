import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { gridOf, type Size } from '../../image/geometry.ts';
import { compressionOf } from './compressions.ts';
import { type Directory, scalar, type TiffFile } from './directory.ts';
import { type OldJpeg, readOldJpeg } from './old-jpeg.ts';
import { readSamples } from './samples/read-samples.ts';
import { bytesInPixel } from './samples/restore-tile.ts';
import type { StoredSamples } from './samples/stored-samples.ts';
import { OLD_JPEG, TAG } from './tags.ts';
import { tableOfOne, tileTable } from './tile-table.ts';
import type { Compression, Predictor, TiledImage } from './tiled-image.ts';

const MAX_SIDE = 2 ** 31 - 1;
const MAX_TILE_SIDE = 16_384;
const MAX_TILE_BYTES = 64 * 2 ** 20;

/** Some writers make one strip of the whole image. */
const MAX_STRIP_BYTES = 256 * 2 ** 20;

/** Whether a directory's image is stored in tiles rather than strips. */
export function isTiled(directory: Directory): boolean {
  return directory.entries.has(TAG.tileWidth);
}

/** The size of a directory's image. @throws CorruptSource */
export function imageSize(directory: Directory): Size {
  const size = { width: scalar(directory, TAG.imageWidth), height: scalar(directory, TAG.imageLength) };
  if (!isSide(size.width) || !isSide(size.height)) throw new CorruptSource(`image of ${size.width} x ${size.height}`);
  return size;
}

/**
 * Reads what is needed to find and decode the tiles of a directory.
 *
 * @param kind - that of its numbers where the directory does not say: libvips leaves it out of all levels but the first
 * @throws CorruptSource, UnsupportedSource
 */
export async function readTiledImage(
  file: TiffFile,
  directory: Directory,
  kind: StoredSamples['kind'] = 'unsigned',
): Promise<TiledImage> {
  const size = imageSize(directory);
  const compressionNumber = scalar(directory, TAG.compression, 1);
  const compression = compressionOf(compressionNumber);
  const samples = await readSamples(file, directory, { compression, kind });
  const isOldJpeg = compressionNumber === OLD_JPEG;
  const oldJpeg = isOldJpeg ? await readOldJpeg(file, directory, tileWidth(directory, size)) : undefined;
  const parts = oldJpeg?.stream
    ? { ...oneStrip(oldJpeg.stream), isStriped: true, tile: checkedStrip(size, samples) }
    : readParts(file, directory, { size, samples });
  return {
    ...size,
    ...parts,
    samples,
    compression,
    compressionNumber,
    predictor: readPredictor(directory, compression, samples),
    oldJpeg,
    jpegTables: directory.entries.get(TAG.jpegTables),
    hasYcbcrSubsampling: directory.entries.has(TAG.ycbcrSubsampling),
    faxOptions: scalar(directory, TAG.t4Options, scalar(directory, TAG.t6Options, 0)),
  };
}

type Parts = Pick<TiledImage, 'isStriped' | 'tile' | 'offsets' | 'byteCounts'>;

function readParts(
  file: TiffFile,
  directory: Directory,
  { size, samples }: { readonly size: Size; readonly samples: StoredSamples },
): Parts {
  const isStriped = !isTiled(directory);
  const tile = isStriped ? readStripSize(directory, size, samples) : readTileSize(directory, samples);
  const { columns, rows } = gridOf(size, tile);
  const count = columns * rows * (samples.isPlanar ? samples.count : 1);
  return {
    isStriped,
    tile,
    offsets: tileTable(directory, isStriped ? TAG.stripOffsets : TAG.tileOffsets, count, file.chunks),
    byteCounts: tileTable(directory, isStriped ? TAG.stripByteCounts : TAG.tileByteCounts, count, file.chunks),
  };
}

/** One part that holds the whole image, whatever parts the directory speaks of. */
function oneStrip({ offset, byteLength }: NonNullable<OldJpeg['stream']>): Pick<Parts, 'offsets' | 'byteCounts'> {
  return { offsets: tableOfOne(offset), byteCounts: tableOfOne(byteLength) };
}

function tileWidth(directory: Directory, { width }: Size): number {
  return isTiled(directory) ? scalar(directory, TAG.tileWidth) : width;
}

function readTileSize(directory: Directory, samples: StoredSamples): Size {
  const tile = { width: scalar(directory, TAG.tileWidth), height: scalar(directory, TAG.tileLength) };
  const { width, height } = tile;
  if (width === 0 || height === 0) throw new CorruptSource(`tiles of ${width} x ${height}`);
  if (Math.max(width, height) > MAX_TILE_SIDE || width * height * bytesInPixel({ samples }) > MAX_TILE_BYTES) {
    throw new UnsupportedSource(`tiles of ${width} x ${height} pixels`);
  }
  return tile;
}

function readStripSize(directory: Directory, { width, height }: Size, samples: StoredSamples): Size {
  const rows = Math.min(scalar(directory, TAG.rowsPerStrip, height), height);
  if (rows === 0) throw new CorruptSource('strips without rows');
  return checkedStrip({ width, height: rows }, samples);
}

function checkedStrip(strip: Size, samples: StoredSamples): Size {
  const { width, height } = strip;
  if (width * height * bytesInPixel({ samples }) > MAX_STRIP_BYTES) {
    throw new UnsupportedSource(`strips of ${width} x ${height} pixels`);
  }
  return strip;
}

/** Without meaning, as libtiff has it, where the compression knows no predictors. */
function readPredictor(directory: Directory, { hasPredictor }: Compression, samples: StoredSamples): Predictor {
  const predictor = hasPredictor ? scalar(directory, TAG.predictor, 1) : 1;
  if (predictor === 1) return 1;
  const { bits, kind, subsampling } = samples;
  const isSubsampled = subsampling.horizontal * subsampling.vertical > 1;
  if (predictor === 2 && !isSubsampled && [8, 16, 32, 64].includes(bits)) return 2;
  if (predictor === 3 && kind === 'real') return 3;
  throw new UnsupportedSource(`predictor ${predictor} of ${kind} samples of ${bits} bits`);
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_SIDE;
}
