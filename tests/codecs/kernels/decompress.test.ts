import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { decompress, inflate } from '../../../codecs/kernels/decompress.ts';
import { loadKernels } from '../../../codecs/kernels/load-kernels.ts';
import { CorruptSource } from '../../../image/errors.ts';
import { encodeLzw } from '../../support/lzw-encoder.ts';

const TOOLS = { kernels: loadKernels(), pool: createBufferPool() };
const PART_LENGTH = 2 ** 20;

/** Noise, runs, strings that come again: bytes as tiles have them. */
const anyBytes = fc
  .tuple(
    fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fc.integer({ min: 0, max: 30_000 }),
    fc.integer({ min: 1, max: 256 }),
  )
  .map(([seed, length, values]) => noise(seed, length, values));

function noise(seed: number, length: number, values: number): Uint8Array {
  let state = seed % 2147483646;
  return Uint8Array.from({ length }, (_, index) => {
    state = ((state + 1) * 48271) % 2147483647;
    return index % 512 < 300 ? state % values : (index * values) >> 8;
  });
}

function tryOr<Result>(work: () => Result): Result | 'error' {
  try {
    return work();
  } catch {
    return 'error';
  }
}

describe('Deflate', () => {
  const inflated = (stored: Uint8Array, wanted: number, most = wanted) => inflate(stored, { wanted, most }, TOOLS);

  it('gives what went into zlib, at every level and with every strategy', () => {
    const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;
    const strategies = [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE];
    const property = fc.property(
      anyBytes,
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom(...strategies),
      fc.integer({ min: 8, max: 15 }),
      (bytes, level, strategy, windowBits) => {
        const stored = deflateSync(bytes, { level, strategy, windowBits });
        assert.deepEqual(inflated(stored, bytes.length), bytes);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('gives nothing of nothing', () => {
    assert.equal(inflated(deflateSync(new Uint8Array(0)), 0).length, 0);
  });

  it('leaves out what the last strip has too much, up to a whole one', () => {
    const stored = deflateSync(noise(1, 1000, 200));
    assert.deepEqual(inflated(stored, 700, 1000), noise(1, 1000, 200).subarray(0, 700));
    assert.throws(() => inflated(stored, 700, 999), CorruptSource);
  });

  it('overlooks what follows the stream', () => {
    const bytes = noise(2, 1000, 200);
    assert.deepEqual(inflated(Buffer.concat([deflateSync(bytes), Buffer.alloc(100, 7)]), 1000), bytes);
  });

  it('refuses a stream that ends anywhere before its end', () => {
    const stored = deflateSync(noise(3, 400, 50));
    for (let length = 0; length < stored.length; length++) {
      assert.throws(() => inflated(stored.subarray(0, length), 400), CorruptSource, `of ${length} bytes`);
    }
  });

  it('refuses and accepts damaged streams as zlib does', () => {
    for (const [level, values] of [
      [0, 256],
      [6, 3],
      [6, 100],
    ] as const) {
      const stored = deflateSync(noise(4, 300, values), { level });
      for (let bit = 0; bit < stored.length * 8; bit++) {
        const damaged = Uint8Array.from(stored);
        damaged[bit >> 3] = Number(damaged[bit >> 3]) ^ (1 << (bit & 7));
        const expected = tryOr(() => new Uint8Array(inflateSync(damaged, { maxOutputLength: 300 })));
        assert.deepEqual(
          tryOr(() => inflated(damaged, expected.length, 300)),
          expected,
          `bit ${bit} of level ${level}`,
        );
      }
    }
  });

  it('refuses noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => tryOr(() => inflated(bytes, 1, 300)) === 'error'),
    );
  });
});

describe('LZW', () => {
  const unpacked = (stored: Uint8Array, byteLength: number, partLength = PART_LENGTH) =>
    decompress(stored, { format: 'LZW', byteLength, partLength }, TOOLS);

  it('gives what an encoder by the specification was given', () => {
    const property = fc.property(anyBytes, (bytes) => {
      assert.deepEqual(unpacked(encodeLzw(bytes), bytes.length), bytes);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('repeats one byte, with each string longer than the one before', () => {
    const bytes = new Uint8Array(200_000).fill(7);
    assert.deepEqual(unpacked(encodeLzw(bytes), bytes.length), bytes);
  });

  it('gives the same in parts', async () => {
    const bytes = noise(5, 40_000, 200);
    for (const partLength of [1, 1000, 39_999, 40_000]) {
      assert.deepEqual(await unpacked(encodeLzw(bytes), bytes.length, partLength), bytes, `parts of ${partLength}`);
    }
  });

  it('stops when the tile is full', () => {
    const bytes = noise(6, 5000, 200);
    assert.deepEqual(unpacked(encodeLzw(bytes), 1, PART_LENGTH), bytes.subarray(0, 1));
    assert.equal(unpacked(encodeLzw(bytes), 0, PART_LENGTH) instanceof Uint8Array, true);
  });

  it('refuses data that ends early', async () => {
    const bytes = noise(7, 2000, 200);
    const stored = encodeLzw(bytes);
    for (let length = 0; length < stored.length - 3; length++) {
      assert.throws(() => unpacked(stored.subarray(0, length), 2000), CorruptSource, `of ${length} bytes`);
    }
    await assert.rejects(async () => unpacked(stored.subarray(0, 1000), 2000, 100), CorruptSource);
  });

  it('refuses a string that reaches over the end of the tile', () => {
    assert.throws(() => unpacked(encodeLzw(new Uint8Array(100).fill(1)), 99), CorruptSource);
  });

  it('refuses clear codes without end', () => {
    const stored = Buffer.alloc(9_000_000, Buffer.from('804020100804020100', 'hex'));
    assert.throws(() => unpacked(stored, 100), CorruptSource);
  });

  it('never gives anything but a tile or an error, whatever it is given', () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 600 }),
      fc.integer({ min: 1, max: 3000 }),
      (bytes, length) => {
        const tile = tryOr(() => unpacked(bytes, length));
        assert.ok(tile === 'error' || (tile instanceof Uint8Array && tile.length === length));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});

describe('Zstandard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mezzotint-zstd-'));
  after(() => rmSync(folder, { recursive: true }));
  const unpacked = (stored: Uint8Array, byteLength: number, partLength = PART_LENGTH) =>
    decompress(stored, { format: 'Zstandard', byteLength, partLength }, TOOLS);

  /** A frame as libtiff writes it: the only strip of a file that tiffcp makes of one made here. */
  function frameOf(bytes: Uint8Array): Uint8Array {
    const [plain, packed] = [join(folder, 'plain.tif'), join(folder, 'packed.tif')];
    writeFileSync(plain, stripFile(bytes));
    execFileSync('tiffcp', ['-c', 'zstd', '-r', '1', plain, packed]);
    return stripOf(readFileSync(packed));
  }

  /** A frame of blocks by RFC 8878 §3.1.1 whose decompressed size stands in four bytes. */
  function frame(size: number, ...blocks: readonly (readonly number[])[]): Uint8Array {
    const length = [size & 255, (size >> 8) & 255, (size >> 16) & 255, size >>> 24];
    return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...length, ...blocks.flat()]);
  }
  const raw = (bytes: readonly number[], isLast: 0 | 1) => [...header(bytes.length, 0, isLast), ...bytes];
  const run = (byte: number, length: number, isLast: 0 | 1) => [...header(length, 1, isLast), byte];
  function header(length: number, type: 0 | 1, isLast: 0 | 1): number[] {
    const bits = (length << 3) | (type << 1) | isLast;
    return [bits & 255, (bits >> 8) & 255, bits >> 16];
  }

  it('gives what went into libtiff', () => {
    for (const length of [1, 255, 30_000, 1_000_000]) {
      const bytes = noise(8, length, 90);
      assert.deepEqual(unpacked(frameOf(bytes), length), bytes, `${length} bytes`);
    }
  });

  it('gives the same in parts', async () => {
    const bytes = noise(9, 1_000_000, 90);
    const stored = frameOf(bytes);
    for (const partLength of [1, 130_000, 999_999]) {
      assert.deepEqual(await unpacked(stored, bytes.length, partLength), bytes, `parts of ${partLength}`);
    }
  });

  it('takes blocks of each simple kind, and several frames', () => {
    const first = frame(7, raw([1, 2, 3], 0), run(9, 4, 1));
    assert.deepEqual(unpacked(first, 7), Uint8Array.of(1, 2, 3, 9, 9, 9, 9));
    const both = Buffer.concat([first, frame(1, raw([5], 1))]);
    assert.deepEqual(unpacked(both, 8), Uint8Array.of(1, 2, 3, 9, 9, 9, 9, 5));
    assert.equal(unpacked(frame(0, raw([], 1)), 0) instanceof Uint8Array, true);
  });

  it('refuses frames that are cut short, of another length, or followed by something else', () => {
    const stored = frame(7, raw([1, 2, 3], 0), run(9, 4, 1));
    for (let length = 0; length < stored.length; length++) {
      assert.throws(() => unpacked(stored.subarray(0, length), 7), CorruptSource, `of ${length} bytes`);
    }
    assert.throws(() => unpacked(stored, 8), CorruptSource);
    assert.throws(() => unpacked(stored, 6), CorruptSource);
    assert.throws(() => unpacked(Buffer.concat([stored, Buffer.of(0)]), 7), CorruptSource);
  });

  it('refuses a damaged frame, or gives a tile of the right length', () => {
    const stored = frameOf(noise(10, 3000, 40));
    for (let at = 0; at < stored.length; at++) {
      const damaged = Uint8Array.from(stored);
      damaged[at] = Number(damaged[at]) ^ 0x55;
      const tile = tryOr(() => unpacked(damaged, 3000));
      assert.ok(tile === 'error' || (tile instanceof Uint8Array && tile.length === 3000), `byte ${at}`);
    }
  });

  it('refuses a frame whose checksum is wrong', () => {
    // Where bit 2 of the descriptor says so, the lowest four bytes of XXH64 follow: 44bc2cf5ad770999 of "abc".
    const blocks = raw([...Buffer.from('abc')], 1);
    const stored = frame(3, blocks);
    stored[4] = 0xa4;
    assert.deepEqual(
      unpacked(Buffer.concat([stored, Buffer.from('990977ad', 'hex')]), 3),
      Uint8Array.from(Buffer.from('abc')),
    );
    assert.throws(() => unpacked(Buffer.concat([stored, Buffer.of(1, 2, 3, 4)]), 3), CorruptSource);
  });
});

/** A TIFF of one row of bytes in one strip. */
function stripFile(bytes: Uint8Array): Uint8Array {
  const tags = [
    [256, 4, bytes.length],
    [257, 3, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, 1],
    [279, 4, bytes.length],
  ] as const;
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length);
  tags.forEach(([tag, type, value], index) => {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  });
  const padded = bytes.length + (bytes.length % 2);
  const header = Buffer.from('49492a0000000000', 'hex');
  header.writeUInt32LE(8 + padded, 4);
  return Buffer.concat([header, bytes, Buffer.alloc(padded - bytes.length), directory]);
}

function stripOf(file: Buffer): Uint8Array {
  const directory = file.readUInt32LE(4);
  const value = (tag: number) => {
    for (let entry = 0; entry < file.readUInt16LE(directory); entry++) {
      const at = directory + 2 + entry * 12;
      if (file.readUInt16LE(at) === tag)
        return file.readUInt16LE(at + 2) === 3 ? file.readUInt16LE(at + 8) : file.readUInt32LE(at + 8);
    }
    throw new Error(`no tag ${tag}`);
  };
  return Uint8Array.from(file.subarray(value(273), value(273) + value(279)));
}
