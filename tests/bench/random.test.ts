import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom, shuffled } from '../../bench/random.ts';

describe('seededRandom', () => {
  it('gives the same sequence for the same seed, and stays below the limit', () => {
    const property = fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 31 }), (seed, limit) => {
      const [a, b] = [seededRandom(seed), seededRandom(seed)];
      for (let count = 0; count < 20; count++) {
        const value = a.below(limit);
        assert.equal(value, b.below(limit));
        assert.ok(Number.isInteger(value) && value >= 0 && value < limit);
      }
    });
    fc.assert(property);
  });
});

describe('shuffled', () => {
  it('has every number once, in another order', () => {
    const order = shuffled(1000, seededRandom(1));
    assert.notDeepEqual(order, order.toSorted());
    assert.deepEqual(
      [...order.toSorted()],
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });
});
