import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { printFixed, printGeneral } from '../../../protocols/iip/c-numbers.ts';

/** Ends of types, halves between digits on both sides, and numbers of every size. */
const VALUES = [
  ...[
    0, 1, -1, 0.5, 1.5, 2.5, 255, 65_535, 4_294_967_295, 999_999, 1_000_000, 999_999.5, 1_000_005, 1_000_015,
    123_456_789,
  ],
  ...[
    0.0078125,
    0.0234375,
    0.0009765625,
    0.0029296875,
    1 / 3,
    2 / 3,
    1e-5,
    1e-4,
    0.00012345675,
    1.5e-7,
    1e21,
    3.4e38,
    1e-38,
  ],
  ...[100_000.5, 10_000.25, 1000.125, 99_999.95, 0.1, 0.2, 0.019607843, 0.29, 5e-7, 15e-7],
  ...Array.from({ length: 400 }, (_, index) => Math.fround(Math.sin(index * 12.9898) * 10 ** ((index % 24) - 10))),
];

/** All digits: the tool reads numbers of more bits than ours. */
function exactly(value: number): string {
  return Math.abs(value) >= 1e21 ? String(BigInt(value)) : value.toPrecision(100);
}

/** What the C library prints. */
function printedByC(format: string): string[] {
  return execFileSync('printf', [`${format}\\n`, ...VALUES.map(exactly)], {
    env: { LC_ALL: 'C', PATH: process.env.PATH },
  })
    .toString()
    .trimEnd()
    .split('\n');
}

describe('numbers as C prints them', () => {
  it('have a fixed number of decimals', () => {
    for (const decimals of [6, 9]) {
      assert.deepEqual(
        VALUES.map((value) => printFixed(value, decimals)),
        printedByC(`%.${decimals}f`),
      );
    }
  });

  it('or so many digits in all', () => {
    for (const digits of [6, 9]) {
      assert.deepEqual(
        VALUES.map((value) => printGeneral(value, digits)),
        printedByC(`%.${digits}g`),
      );
    }
  });
});
