import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MaxLayers, settleLayers } from '../../image/layers.ts';

const ALL = Number.POSITIVE_INFINITY;

describe('quality layers', () => {
  const table: readonly (readonly [asked: number | undefined, stored: number, most: MaxLayers, layers: number])[] = [
    [undefined, 12, 'half', 6],
    [undefined, 5, 'half', 3],
    [undefined, 1, 'half', 1],
    [9, 12, 'half', 9],
    [99, 12, 'half', 12],
    [undefined, 12, ALL, 12],
    [4, 12, ALL, 4],
    [undefined, 12, 3, 3],
    [2, 12, 3, 2],
    [8, 12, 3, 3],
    [undefined, 2, 3, 2],
  ];
  for (const [asked, stored, most, layers] of table) {
    it(`decodes ${layers} of ${stored} when ${asked ?? 'nothing'} is asked for and ${most} allowed`, () => {
      assert.equal(settleLayers(asked, stored, most), layers);
    });
  }
});
