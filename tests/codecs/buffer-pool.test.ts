import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBufferPool } from '../../codecs/buffer-pool.ts';

describe('the buffer pool', () => {
  it('lends a returned buffer again, to who asks for exactly its size', () => {
    const pool = createBufferPool();
    const buffer = pool.take(1000);
    pool.give(buffer);
    assert.notEqual(pool.take(999), buffer);
    assert.equal(pool.take(1000), buffer);
    assert.notEqual(pool.take(1000), buffer);
  });

  it('never lends a buffer to two, even when it is given back twice', () => {
    const pool = createBufferPool();
    const buffer = pool.take(10);
    pool.give(buffer);
    pool.give(buffer);
    assert.notEqual(pool.take(10), pool.take(10));
  });

  it('leaves memory alone that it has not lent', () => {
    const pool = createBufferPool();
    const foreign = new Uint8Array(10);
    pool.give(foreign);
    pool.give(pool.take(20).subarray(0, 10));
    assert.notEqual(pool.take(10), foreign);
  });

  it('keeps no more idle bytes than its capacity', () => {
    const pool = createBufferPool(100);
    const buffers = [pool.take(60), pool.take(60), pool.take(101)];
    for (const buffer of buffers) pool.give(buffer);
    const again = [pool.take(60), pool.take(60), pool.take(101)];
    assert.equal(again.filter((buffer) => buffers.includes(buffer)).length, 1);
  });
});
