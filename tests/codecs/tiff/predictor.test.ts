import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadKernels } from '../../../codecs/kernels/load-kernels.ts';
import { undoDifferencing, undoRealDifferencing } from '../../../codecs/tiff/samples/predictor.ts';

const kernels = loadKernels();

/** Rows of random bytes; lengths around those of vectors. */
const anyRows = (sizes: readonly number[]) =>
  fc
    .record({
      size: fc.constantFrom(...sizes),
      bands: fc.integer({ min: 1, max: 7 }),
      width: fc.integer({ min: 1, max: 40 }),
      rows: fc.integer({ min: 0, max: 4 }),
    })
    .chain((shape) => {
      const length = shape.size * shape.bands * shape.width * shape.rows;
      return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({ ...shape, bytes }));
    });

interface Rows {
  readonly size: number;
  readonly bands: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** Each sample less the one a pixel before it, as big integers so that any width is the same. */
function difference({ bytes, size, bands, width }: Rows): Uint8Array {
  const output = Buffer.from(bytes);
  const rowLength = size * bands * width;
  for (let at = bytes.length - size; at >= 0; at -= size) {
    if (at % rowLength < size * bands) continue;
    const value = numberAt(bytes, at, size) - numberAt(bytes, at - size * bands, size);
    for (let byte = 0; byte < size; byte++) output[at + byte] = Number((value >> BigInt(8 * byte)) & 255n);
  }
  return output;
}

function numberAt(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let byte = size - 1; byte >= 0; byte--) value = value * 256n + BigInt(Number(bytes[at + byte]));
  return value;
}

/** The highest bytes of all numbers of a row, then the next, and so on; then differenced. */
function sortAndDifference(real: Rows, isLittleEndian: boolean): Uint8Array {
  const { bytes, size, bands, width } = real;
  const count = bands * width;
  const sorted = Uint8Array.from(bytes, (_, index) => {
    const row = Math.floor(index / (count * size)) * count * size;
    const plane = Math.floor((index - row) / count);
    const place = isLittleEndian ? size - 1 - plane : plane;
    return Number(bytes[row + ((index - row) % count) * size + place]);
  });
  return difference({ ...real, bytes: sorted, size: 1, width: width * size });
}

describe('predictors', () => {
  it('give back what was differenced, of any width and number of bands', () => {
    const property = fc.property(anyRows([1, 2, 4, 8]), (rows) => {
      const stored = Uint8Array.from(difference(rows));
      const { size, bands, width } = rows;
      undoDifferencing(kernels, { stored, rowLength: size * bands * width, bands, bits: size * 8 });
      assert.deepEqual(stored, rows.bytes);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('give back real numbers whose bytes were sorted and differenced, in either order of bytes', () => {
    const property = fc.property(anyRows([2, 3, 4, 8]), fc.boolean(), (rows, isLittleEndian) => {
      const stored = Uint8Array.from(sortAndDifference(rows, isLittleEndian));
      const { size, bands, width } = rows;
      undoRealDifferencing(kernels, {
        stored,
        rowLength: size * bands * width,
        bands,
        bits: size * 8,
        isLittleEndian,
      });
      assert.deepEqual(stored, rows.bytes);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
