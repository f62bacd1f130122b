import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBreaker } from '../../../server/cache/breaker.ts';

function createClock() {
  let time = 1_000;
  const changes: boolean[] = [];
  const breaker = createBreaker({ now: () => time, onChange: (isOpen) => void changes.push(isOpen) });
  const pass = (ms: number) => {
    time += ms;
  };
  return { breaker, changes, pass };
}

describe('breaker', () => {
  it('opens after the third timeout', () => {
    const { breaker, changes } = createClock();
    breaker.failed('timeout');
    breaker.failed('timeout');
    assert.equal(breaker.mayCall(), true);
    breaker.failed('timeout');
    assert.equal(breaker.mayCall(), false);
    assert.equal(breaker.isClosed, false);
    assert.deepEqual(changes, [true]);
  });

  it('opens after the fifth failure of any kind', () => {
    const { breaker } = createClock();
    for (const kind of ['error', 'timeout', 'error', 'timeout'] as const) breaker.failed(kind);
    assert.equal(breaker.mayCall(), true);
    breaker.failed('error');
    assert.equal(breaker.mayCall(), false);
  });

  it('forgets failures older than ten seconds', () => {
    const { breaker, pass } = createClock();
    breaker.failed('timeout');
    breaker.failed('timeout');
    pass(10_000);
    breaker.failed('timeout');
    assert.equal(breaker.mayCall(), true);
  });

  it('lets one probe through after the pause and closes when it succeeds', () => {
    const { breaker, changes, pass } = createClock();
    for (let count = 0; count < 3; count++) breaker.failed('timeout');
    pass(999);
    assert.equal(breaker.mayCall(), false);
    pass(1);
    assert.equal(breaker.mayCall(), true);
    assert.equal(breaker.mayCall(), false);
    breaker.succeeded();
    assert.equal(breaker.mayCall(), true);
    assert.deepEqual(changes, [true, false]);
  });

  it('doubles the pause with each failed probe, up to thirty seconds', () => {
    const { breaker, changes, pass } = createClock();
    for (let count = 0; count < 3; count++) breaker.failed('timeout');
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      pass(pause - 1);
      assert.equal(breaker.mayCall(), false, `closed too early before ${pause} ms`);
      pass(1);
      assert.equal(breaker.mayCall(), true, `no probe after ${pause} ms`);
      breaker.failed('timeout');
    }
    assert.deepEqual(changes, [true]);
  });

  it('takes no notice of calls from before it opened', () => {
    const { breaker, pass } = createClock();
    for (let count = 0; count < 20; count++) breaker.failed('timeout');
    pass(1_000);
    assert.equal(breaker.mayCall(), true);
  });
});
