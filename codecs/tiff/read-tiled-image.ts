import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { gridOf, type Size } from '../../image/geometry.ts';
import { compressionOf } from './compressions.ts';
import { type Directory, numbers, scalar, type TiffFile } from './directory.ts';
import { describePhotometric, PHOTOMETRIC, TAG } from './tags.ts';
import { tileTable } from './tile-table.ts';
import { type Compression, type TiledImage, tileByteLength } from './tiled-image.ts';

const MAX_SIDE = 2 ** 31 - 1;
const MAX_TILE_SIDE = 16_384;
const MAX_TILE_BYTES = 64 * 2 ** 20;
const MAX_SAMPLES = 65_535;
const COMPRESSION_JPEG = 7;

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
 * @throws CorruptSource, UnsupportedSource
 */
export async function readTiledImage(file: TiffFile, directory: Directory): Promise<TiledImage> {
  const size = imageSize(directory);
  if (!isTiled(directory)) throw new UnsupportedSource('strips');
  const bands = await readBands(file, directory);
  const tile = readTileSize(directory, bands);
  const photometric = readPhotometric(directory, bands);
  const compression = compressionOf(scalar(directory, TAG.compression, 1));
  const { columns, rows } = gridOf(size, tile);
  return {
    ...size,
    tile,
    bands,
    photometric,
    compression,
    isDifferenced: readPredictor(directory, compression),
    offsets: tileTable(directory, TAG.tileOffsets, columns * rows, file.chunks),
    byteCounts: tileTable(directory, TAG.tileByteCounts, columns * rows, file.chunks),
    jpegTables: directory.entries.get(TAG.jpegTables),
    hasYcbcrSubsampling: directory.entries.has(TAG.ycbcrSubsampling),
  };
}

/** Samples per pixel, once it is certain that they are 8-bit numbers stored pixel by pixel. */
async function readBands(file: TiffFile, directory: Directory): Promise<1 | 3> {
  const samples = scalar(directory, TAG.samplesPerPixel, 1);
  const depths = await numbers(file, directory, TAG.bitsPerSample, MAX_SAMPLES);
  const depth = depths.find((bits) => bits !== 8) ?? (depths.length === 0 ? 1 : 8);
  if (depth !== 8) throw new UnsupportedSource(`${depth} bits per sample`);
  const formats = await numbers(file, directory, TAG.sampleFormat, MAX_SAMPLES);
  const isUnsigned = formats.every((format) => format === 1 || format === 4); // 4 is "undefined", for libtiff unsigned
  if (!isUnsigned) throw new UnsupportedSource('samples that are not unsigned integers');
  if (scalar(directory, TAG.fillOrder, 1) !== 1) throw new UnsupportedSource('fill order 2');
  if (samples !== 1 && samples !== 3) throw new UnsupportedSource(`${samples} samples per pixel`);
  const isPlanar = scalar(directory, TAG.planarConfiguration, 1) === 2;
  if (isPlanar && samples > 1) throw new UnsupportedSource('planar configuration separate');
  return samples;
}

function readTileSize(directory: Directory, bands: 1 | 3): Size {
  const tile = { width: scalar(directory, TAG.tileWidth), height: scalar(directory, TAG.tileLength) };
  const { width, height } = tile;
  if (width === 0 || height === 0) throw new CorruptSource(`tiles of ${width} x ${height}`);
  if (Math.max(width, height) > MAX_TILE_SIDE || tileByteLength({ tile, bands }) > MAX_TILE_BYTES) {
    throw new UnsupportedSource(`tiles of ${width} x ${height} pixels`);
  }
  return tile;
}

/** JPEG brings its own conversion from YCbCr; in any other compression the samples would be YCbCr themselves. */
function readPhotometric(directory: Directory, bands: number): number {
  const photometric = scalar(directory, TAG.photometric);
  const { minIsWhite, minIsBlack, rgb, ycbcr } = PHOTOMETRIC;
  const isJpeg = scalar(directory, TAG.compression, 1) === COMPRESSION_JPEG;
  const fitting = bands === 1 ? [minIsWhite, minIsBlack] : isJpeg ? [rgb, ycbcr] : [rgb];
  if (fitting.some((value) => value === photometric)) return photometric;
  const isKnown = photometric <= rgb;
  throw isKnown
    ? new UnsupportedSource(`${bands} samples per pixel in photometric interpretation ${photometric}`)
    : new UnsupportedSource(describePhotometric(photometric));
}

/** Whether samples are stored as differences; without meaning, as libtiff has it, where the compression knows no predictors. */
function readPredictor(directory: Directory, { hasPredictor }: Compression): boolean {
  const predictor = hasPredictor ? scalar(directory, TAG.predictor, 1) : 1;
  if (predictor !== 1 && predictor !== 2) throw new UnsupportedSource(`predictor ${predictor}`);
  return predictor === 2;
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_SIDE;
}
