import { endianness } from 'node:os';
import { SAMPLE_BYTES } from '../../../image/budget.ts';
import type { BufferPool } from '../../buffer-pool.ts';
import type { DecodeTools } from '../../decode-tools.ts';
import type { Kernels } from '../../kernels/load-kernels.ts';
import { nextTurn } from '../../turns.ts';
import { PART_LENGTH } from '../part-length.ts';
import { packedLength, type TiledImage, tileBands } from '../tiled-image.ts';
import { undoDifferencing, undoRealDifferencing } from './predictor.ts';
import { sampleTypeOf } from './stored-samples.ts';
import { createUnpackBits } from './unpack-bits.ts';
import { doubleToReal, halfToReal, integerOf24, realOf24, signedToReal, type ToReal } from './unpack-numbers.ts';
import { unpackYcbcr } from './unpack-ycbcr.ts';

/**
 * Makes samples of the type that the image is read in out of what a tile holds once it is decompressed.
 *
 * @param packed - whole rows; they are changed, and given back to the pool where others are returned
 */
export type RestoreTile = (packed: Uint8Array, rows: number) => Promise<Uint8Array> | Uint8Array;

const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Longest unit of subsampled YCbCr, in rows: parts must not cut one. */
const UNIT_ROWS = 4;

/** Done to rows where they are, first. */
type PrepareRows = (rows: Uint8Array) => void;

/** Makes what is wanted of rows that are not. */
type UnpackRows = (rows: Uint8Array, output: Uint8Array) => void;

export function createRestoreTile(
  image: TiledImage,
  { pool, kernels }: Pick<DecodeTools, 'pool' | 'kernels'>,
): RestoreTile {
  const prepare = preparing(image, kernels);
  const unpack = unpacking(image);
  const outputRow = image.tile.width * bytesInPixel(image);
  const partRows = Math.ceil(PART_LENGTH / outputRow / UNIT_ROWS) * UNIT_ROWS;
  const { bits } = image.samples;
  const alignment = bits % 16 === 0 ? bits / 8 : 1;

  async function restore(packed: Uint8Array, rows: number): Promise<Uint8Array> {
    const stored = aligned(packed, alignment, pool);
    const output = unpack ? pool.take(rows * outputRow) : stored;
    for (let row = 0; row < rows; row += partRows) {
      if (row > 0) await nextTurn();
      const end = Math.min(row + partRows, rows);
      const part = stored.subarray(packedLength(image, row), packedLength(image, end));
      prepare?.(part);
      unpack?.(part, output.subarray(row * outputRow, end * outputRow));
    }
    if (output !== stored) pool.give(stored);
    return output;
  }

  if (!prepare && !unpack) return (packed) => aligned(packed, alignment, pool);
  return restore;
}

/** Bytes of a pixel of one tile once it is restored. */
export function bytesInPixel(image: Pick<TiledImage, 'samples'>): number {
  return tileBands(image) * SAMPLE_BYTES[sampleTypeOf(image.samples)];
}

function aligned(bytes: Uint8Array, alignment: number, pool: BufferPool): Uint8Array {
  if (bytes.byteOffset % alignment === 0) return bytes;
  const copy = pool.take(bytes.byteLength);
  copy.set(bytes);
  pool.give(bytes);
  return copy;
}

function preparing({ samples, predictor, tile }: TiledImage, kernels: Kernels): PrepareRows | undefined {
  const { bits, isLittleEndian } = samples;
  const bands = samples.isPlanar ? 1 : samples.count;
  const rowLength = Math.ceil((tile.width * bands * bits) / 8);
  const rowsOf = (stored: Uint8Array) => ({ stored, rowLength, bands, bits });
  const swap = isLittleEndian === IS_LITTLE_ENDIAN ? undefined : swapping(bits);
  if (predictor === 1) return swap;
  if (predictor === 2) {
    return (rows) => {
      swap?.(rows);
      undoDifferencing(kernels, rowsOf(rows));
    };
  }
  // The bytes are stored the highest first whatever the order of the file is, so they come out as this machine has them.
  const order = { isLittleEndian: bits === 24 ? isLittleEndian : IS_LITTLE_ENDIAN };
  return (rows) => undoRealDifferencing(kernels, { ...rowsOf(rows), ...order });
}

function swapping(bits: number): PrepareRows | undefined {
  const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => Buffer.from(buffer, byteOffset, byteLength);
  switch (bits) {
    case 16:
      return (rows) => bufferOf(rows).swap16();
    case 32:
      return (rows) => bufferOf(rows).swap32();
    case 64:
      return (rows) => bufferOf(rows).swap64();
    default:
      return undefined;
  }
}

function unpacking({ samples, tile }: TiledImage): UnpackRows | undefined {
  const { bits, kind, subsampling, isLittleEndian } = samples;
  if (subsampling.horizontal * subsampling.vertical > 1) {
    return (rows, output) => unpackYcbcr(rows, output, { width: tile.width, subsampling });
  }
  if (kind === 'signed') return toReals(signedToReal(bits));
  if (kind === 'real') return unpackingReals(bits, isLittleEndian);
  if (bits === 24) {
    const widen24 = integerOf24(isLittleEndian);
    return (rows, output) => widen24(rows, new Uint32Array(output.buffer, output.byteOffset, output.byteLength / 4));
  }
  return bits < 16 && bits !== 8 ? unpackingBits(bits, tile.width * tileBands({ samples })) : undefined;
}

function unpackingReals(bits: number, isLittleEndian: boolean): UnpackRows | undefined {
  switch (bits) {
    case 16:
      return toReals(halfToReal());
    case 24:
      return toReals(realOf24(isLittleEndian));
    case 64:
      return toReals(doubleToReal);
    default:
      return undefined;
  }
}

function toReals(convert: ToReal): UnpackRows | undefined {
  return (rows, output) => convert(rows, new Float32Array(output.buffer, output.byteOffset, output.byteLength / 4));
}

function unpackingBits(bits: number, count: number): UnpackRows | undefined {
  const unpackBits = createUnpackBits(bits);
  return (rows, output) => {
    const { buffer, byteOffset, byteLength } = output;
    unpackBits(rows, bits < 8 ? output : new Uint16Array(buffer, byteOffset, byteLength / 2), count);
  };
}
