import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import type { EncodedTile } from '../../image/source.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { decompress, inflate as inflateAtOnce } from '../kernels/decompress.ts';
import { nextTurn } from '../turns.ts';
import { readWebpHeader } from '../webp/webp-header.ts';
import { openFaxTiles } from './fax-tiles.ts';
import { openJpegTiles } from './jpeg-tiles.ts';
import { jpeg2000Tiles } from './jpeg2000-tiles.ts';
import { openOldJpegTiles } from './old-jpeg-tiles.ts';
import { decodePackBits } from './packbits.ts';
import { PART_LENGTH } from './part-length.ts';
import { pictureBands } from './picture-bands.ts';
import { describeCompression, OLD_JPEG, PHOTOMETRIC } from './tags.ts';
import { type Compression, type DecodeContext, packedLength, type TileCodec, type TiledImage } from './tiled-image.ts';

const PLAIN = { hasPredictor: false, givesBytes: false, ordersBits: false };
const PREDICTED = { ...PLAIN, hasPredictor: true };
const PICTURES = { hasPredictor: false, givesBytes: true, ordersBits: true };

const DEFLATE: Compression = { ...PREDICTED, open: openDeflateTiles };
const JPEG_2000: Compression = { ...PICTURES, ordersBits: false, ...jpeg2000Tiles({ isYcc: false }) };
const FAX: Compression = { ...PICTURES, open: openFaxTiles };

/** By the numbers of the Compression tag. */
const COMPRESSIONS: ReadonlyMap<number, Compression> = new Map([
  [1, { ...PLAIN, open: openRawTiles }],
  [2, FAX],
  [3, FAX],
  [4, FAX],
  [5, { ...PREDICTED, open: openLzwTiles }],
  [OLD_JPEG, { ...PICTURES, joinsPlanes: true, open: openOldJpegTiles }],
  [7, { ...PICTURES, open: openJpegTiles }],
  [8, DEFLATE],
  [32773, { ...PLAIN, open: openPackBitsTiles }],
  [32946, DEFLATE],
  [33003, { ...PICTURES, ordersBits: false, ...jpeg2000Tiles({ isYcc: true }) }],
  [33004, JPEG_2000],
  [33005, JPEG_2000],
  [34712, JPEG_2000],
  [50000, { ...PREDICTED, open: openZstandardTiles }],
  [50001, { ...PICTURES, ordersBits: false, open: openWebpTiles }],
]);

/** @throws UnsupportedSource */
export function compressionOf(value: number): Compression {
  const compression = COMPRESSIONS.get(value);
  if (!compression) throw new UnsupportedSource(describeCompression(value));
  return compression;
}

function openRawTiles(image: TiledImage): TileCodec {
  return {
    decode(stored, rows) {
      const length = packedLength(image, rows);
      if (stored.byteLength < length) throw new CorruptSource(`${stored.byteLength} bytes for a tile of ${length}`);
      return stored.byteLength === length ? stored : stored.subarray(0, length);
    },
  };
}

function openLzwTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  return {
    decode(stored, rows) {
      // The form before TIFF 6, with the lowest bit first, begins with its clear code the other way round.
      if (stored[0] === 0 && (Number(stored[1]) & 1) === 1)
        throw new UnsupportedSource('old-style LZW, lowest bit first');
      return decompress(
        stored,
        { format: 'LZW', byteLength: packedLength(image, rows), partLength: PART_LENGTH },
        tools,
      );
    },
  };
}

function openPackBitsTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  return {
    decode: (stored, rows) =>
      decodeInParts(tools.pool, packedLength(image, rows), (tile) => decodePackBits(stored, tile, PART_LENGTH)),
  };
}

async function decodeInParts(
  pool: BufferPool,
  byteLength: number,
  decode: (tile: Uint8Array) => Iterable<void>,
): Promise<Uint8Array> {
  const tile = pool.take(byteLength);
  try {
    for (const _ of decode(tile)) await nextTurn();
    return tile;
  } catch (error) {
    pool.give(tile);
    throw error;
  }
}

/** The least that zlib accepts; also what is left over at the end, or a second buffer is made for nothing. */
const MIN_CHUNK_SIZE = 64;

const inflateElsewhere = promisify(inflate);

/** Small tiles are inflated at once: handing them to another thread would cost as much as they do. */
function openDeflateTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const longest = packedLength(image, image.tile.height); // some writers fill the last strip up
  return {
    decode(stored, rows) {
      const byteLength = packedLength(image, rows);
      if (longest > PART_LENGTH) return inflateLarge(stored, byteLength, longest);
      return inflateAtOnce(stored, { wanted: byteLength, most: longest }, tools);
    },
  };
}

async function inflateLarge(stored: Uint8Array, byteLength: number, longest: number): Promise<Uint8Array> {
  const options = { chunkSize: longest + MIN_CHUNK_SIZE, maxOutputLength: longest };
  const tile = await inflateElsewhere(stored, options).catch((cause: unknown) => {
    throw new CorruptSource('Deflate data is damaged or too long', { cause });
  });
  if (tile.byteLength < byteLength) {
    throw new CorruptSource(`Deflate data gives ${tile.byteLength} bytes of ${byteLength}`);
  }
  return tile.byteLength === byteLength ? tile : tile.subarray(0, byteLength);
}

function openZstandardTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  return {
    decode(stored, rows) {
      const byteLength = packedLength(image, rows);
      return decompress(stored, { format: 'Zstandard', byteLength, partLength: PART_LENGTH }, tools);
    },
  };
}

function openWebpTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const { tile, samples } = image;
  const bands = pictureBands(image, 'WebP');
  return {
    decode: (stored, rows) => tools.webp.decode(stored, { width: tile.width, height: rows, bands }),
    ...(samples.photometric !== PHOTOMETRIC.minIsWhite && bands !== 4 && { wrap: (stored) => wrapWebp(stored, tile) }),
  };
}

function wrapWebp(stored: Uint8Array, tile: Size): EncodedTile {
  const { width, height, byteLength, isAnimated } = readWebpHeader(stored);
  if (width !== tile.width || height !== tile.height || isAnimated) {
    throw new CorruptSource(`WebP tile of ${width} x ${height}`);
  }
  return { type: 'webp', bytes: stored.subarray(0, byteLength) };
}
