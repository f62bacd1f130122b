import { inflateSync } from 'node:zlib';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { readWebpHeader } from '../webp/webp-header.ts';
import { openJpegTiles } from './jpeg-tiles.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
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
  return { decode: (stored) => decodeIntoPool(tools.pool, tileByteLength(image), (tile) => decodeLzw(stored, tile)) };
}

function openPackBitsTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const length = tileByteLength(image);
  return { decode: (stored) => decodeIntoPool(tools.pool, length, (tile) => decodePackBits(stored, tile)) };
}

function decodeIntoPool(pool: BufferPool, byteLength: number, decode: (tile: Uint8Array) => void): Uint8Array {
  const tile = pool.take(byteLength);
  try {
    decode(tile);
    return tile;
  } catch (error) {
    pool.give(tile);
    throw error;
  }
}

/** The least that zlib accepts. */
const MIN_CHUNK_SIZE = 64;

function openDeflateTiles(image: TiledImage): TileCodec {
  const length = tileByteLength(image);
  const options = { chunkSize: Math.max(MIN_CHUNK_SIZE, length), maxOutputLength: length };
  return {
    decode(stored) {
      const tile = inflate(stored, options);
      if (tile.byteLength < length) throw new CorruptSource(`Deflate gives ${tile.byteLength} bytes of ${length}`);
      return tile;
    },
  };
}

function inflate(stored: Uint8Array, options: Parameters<typeof inflateSync>[1]): Uint8Array {
  try {
    return inflateSync(stored, options);
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
