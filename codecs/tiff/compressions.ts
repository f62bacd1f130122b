import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { nextTurn } from '../turns.ts';
import { readWebpHeader } from '../webp/webp-header.ts';
import { openJpegTiles } from './jpeg-tiles.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { PART_LENGTH } from './part-length.ts';
import { describeCompression } from './tags.ts';
import {
  type Compression,
  type DecodeContext,
  type TileCodec,
  type TiledImage,
  tileByteLength,
} from './tiled-image.ts';

const DEFLATE: Compression = { hasPredictor: true, open: openDeflateTiles };

/** By the numbers of the Compression tag. */
const COMPRESSIONS: ReadonlyMap<number, Compression> = new Map([
  [1, { hasPredictor: false, open: openRawTiles }],
  [5, { hasPredictor: true, open: openLzwTiles }],
  [7, { hasPredictor: false, open: openJpegTiles }],
  [8, DEFLATE],
  [32773, { hasPredictor: false, open: openPackBitsTiles }],
  [32946, DEFLATE],
  [50000, { hasPredictor: true, open: openZstandardTiles }],
  [50001, { hasPredictor: false, open: openWebpTiles }],
]);

/** @throws UnsupportedSource */
export function compressionOf(value: number): Compression {
  const compression = COMPRESSIONS.get(value);
  if (!compression) throw new UnsupportedSource(describeCompression(value));
  return compression;
}

function openRawTiles(image: TiledImage): TileCodec {
  const length = tileByteLength(image);
  return {
    decode(stored) {
      if (stored.byteLength < length) throw new CorruptSource(`${stored.byteLength} bytes for a tile of ${length}`);
      return stored.byteLength === length ? stored : stored.subarray(0, length);
    },
  };
}

function openLzwTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const length = tileByteLength(image);
  return { decode: (stored) => decodeInParts(tools.pool, length, (tile) => decodeLzw(stored, tile, PART_LENGTH)) };
}

function openPackBitsTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const length = tileByteLength(image);
  return { decode: (stored) => decodeInParts(tools.pool, length, (tile) => decodePackBits(stored, tile, PART_LENGTH)) };
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
function openDeflateTiles(image: TiledImage): TileCodec {
  const length = tileByteLength(image);
  const options = { chunkSize: length + MIN_CHUNK_SIZE, maxOutputLength: length };
  return {
    async decode(stored) {
      const tile = await tryInflate(() =>
        length <= PART_LENGTH ? inflateSync(stored, options) : inflateElsewhere(stored, options),
      );
      if (tile.byteLength < length) throw new CorruptSource(`Deflate gives ${tile.byteLength} bytes of ${length}`);
      return tile;
    },
  };
}

async function tryInflate(decompress: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await decompress();
  } catch (cause) {
    throw new CorruptSource('Deflate data cannot be decompressed', { cause });
  }
}

function openZstandardTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  return { decode: (stored) => tools.zstandard.decode(stored, tileByteLength(image)) };
}

function openWebpTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const { tile, bands } = image;
  return {
    decode: (stored) => tools.webp.decode(stored, { ...tile, bands }),
    wrap(stored) {
      const { width, height, byteLength, isAnimated } = readWebpHeader(stored);
      if (width !== tile.width || height !== tile.height || isAnimated) {
        throw new CorruptSource(`WebP tile of ${width} x ${height}`);
      }
      return { type: 'webp', bytes: stored.subarray(0, byteLength) };
    },
  };
}
