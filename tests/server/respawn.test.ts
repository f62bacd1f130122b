import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Death, judgeDeaths } from '../../server/respawn.ts';

const served = (at: number, livedMs: number): Death => ({ at, livedMs, hasServed: true });
const failed = (at: number): Death => ({ at, livedMs: 300, hasServed: false });
const anyDeath = fc.record({ at: fc.nat(), livedMs: fc.nat(5000), hasServed: fc.boolean() });

describe('judgeDeaths', () => {
  it('replaces a worker that served for a while at once, however often that happened', () => {
    const deaths = Array.from({ length: 50 }, (_, index) => served(index * 1500, 1500));
    assert.deepEqual(judgeDeaths(deaths), { kind: 'respawn', delayMs: 0 });
  });

  it('pauses longer and longer after short lives', () => {
    const delays = [1, 2, 3, 4].map((count) => judgeDeaths(Array.from({ length: count }, (_, index) => failed(index))));
    assert.deepEqual(
      delays,
      [100, 200, 400, 800].map((delayMs) => ({ kind: 'respawn', delayMs })),
    );
  });

  it('gives up after five failed starts in a row within a minute', () => {
    const five = [0, 1000, 2000, 3000, 59_000].map(failed);
    assert.deepEqual(judgeDeaths(five), { kind: 'give-up' });
    assert.equal(judgeDeaths(five.slice(1)).kind, 'respawn');
    assert.equal(judgeDeaths([...five.slice(0, 4), failed(60_000)]).kind, 'respawn');
    assert.equal(judgeDeaths([...five.slice(0, 3), served(3500, 400), failed(4000), failed(5000)]).kind, 'respawn');
  });

  it('never pauses over a second and never gives up on one that serves', () => {
    const property = fc.property(fc.array(anyDeath, { maxLength: 20 }), fc.nat(5000), (earlier, livedMs) => {
      const verdict = judgeDeaths([...earlier, served(0, livedMs)]);
      assert.ok(verdict.kind === 'respawn' && verdict.delayMs <= 1000);
    });
    fc.assert(property);
  });
});
