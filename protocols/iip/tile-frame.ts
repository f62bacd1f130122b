import type { SampleType } from '../../image/source.ts';
import type { TileNumber } from './pictures.ts';

/** What stands between a frame's length and its data, counted as part of it. */
const SUBTYPE = [0x00, 0x11, 0x00, 0x00];

/** Numbers of the coding of a tile, in the first of four bytes; raw bytes and 32-bit samples have none of their own. */
const JPEG = 2;
const RAW_16_BIT = 3;
const RAW = 0;

/** A tile as TIL sends it. */
export interface TileData {
  readonly tile: TileNumber;
  readonly coding: 'jpeg' | SampleType;
  /** A JPEG file, or raw samples in the machine's byte order. */
  readonly bytes: Uint8Array;
}

/** One tile in IIP's own framing. */
export function frameTile({ tile: { level, index }, coding, bytes }: TileData): Uint8Array {
  const type = coding === 'jpeg' ? JPEG : coding === 'uint16' ? RAW_16_BIT : RAW;
  const numbers = Buffer.from([type, 0, 0, 0, ...SUBTYPE]);
  const head = Buffer.from(`Tile,${level},${index},0/${bytes.byteLength + numbers.length}:`);
  return Buffer.concat([head, numbers, bytes, Buffer.from('\r\n')]);
}
