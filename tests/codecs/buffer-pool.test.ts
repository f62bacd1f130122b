import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBufferPool } from '../../codecs/buffer-pool.ts';

describe('the buffer pool', () => {
  it('lends exactly the length asked for, in memory that came back from a similar one', () => {
    const pool = createBufferPool();
    const buffer = pool.take(100_000);
    pool.give(buffer);
    const again = pool.take(99_000);
    assert.deepEqual([again.byteLength, again.buffer === buffer.buffer], [99_000, true]);
    assert.notEqual(pool.take(100_000).buffer, buffer.buffer);
  });

  it('wastes no more than a quarter of a buffer', () => {
    const property = fc.property(fc.integer({ min: 4097, max: 2 ** 22 }), (byteLength) => {
      const buffer = createBufferPool().take(byteLength);
      assert.equal(buffer.byteLength, byteLength);
      assert.ok(buffer.buffer.byteLength <= byteLength * 1.25);
    });
    fc.assert(property);
  });

  it('never lends a buffer to two, even when it is given back twice', () => {
    const pool = createBufferPool();
    const buffer = pool.take(10);
    pool.give(buffer);
    pool.give(buffer);
    assert.notEqual(pool.take(10).buffer, pool.take(10).buffer);
  });

  it('leaves memory alone that it has not lent', () => {
    const pool = createBufferPool();
    const foreign = new Uint8Array(4096);
    const part = pool.take(20).subarray(0, 10);
    pool.give(foreign);
    pool.give(part);
    const lent = [pool.take(4096), pool.take(4096)].map(({ buffer }) => buffer);
    assert.ok(!lent.includes(foreign.buffer) && !lent.includes(part.buffer));
  });

  it('keeps no more idle bytes than its capacity', () => {
    const pool = createBufferPool(10_000);
    const lengths = [8192, 8192, 16_384];
    const buffers = lengths.map((length) => pool.take(length));
    for (const buffer of buffers) pool.give(buffer);
    const known = buffers.map(({ buffer }) => buffer);
    const again = lengths.map((length) => pool.take(length).buffer);
    assert.equal(again.filter((buffer) => known.includes(buffer)).length, 1);
  });
});
