import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Overloaded } from '../../image/errors.ts';
import { createAdmission } from '../../server/admission.ts';

const never = () => new AbortController().signal;

/** Work that stays until it is let go. */
function createWork() {
  const started: number[] = [];
  const endings: (() => void)[] = [];
  const work = (name: number) => () =>
    new Promise<number>((resolve) => {
      started.push(name);
      endings.push(() => resolve(name));
    });
  return { started, work, endNext: () => endings.shift()?.() };
}

describe('admission', () => {
  it('runs no more than its slots at once, in the order of arrival', async () => {
    const admission = createAdmission({ slots: 2, maxWaiting: 10 });
    const { started, work, endNext } = createWork();
    const results = [1, 2, 3, 4].map((name) => admission.run(never(), work(name)));
    await new Promise(setImmediate);
    assert.deepEqual(started, [1, 2]);
    for (let count = 0; count < 4; count++) {
      endNext();
      await new Promise(setImmediate);
    }
    assert.deepEqual(started, [1, 2, 3, 4]);
    assert.deepEqual(await Promise.all(results), [1, 2, 3, 4]);
  });

  it('never starts work whose caller left while waiting', async () => {
    const admission = createAdmission({ slots: 1, maxWaiting: 300 });
    const { started, work, endNext } = createWork();
    const first = admission.run(never(), work(0));
    const clients = Array.from({ length: 200 }, () => new AbortController());
    const abandoned = clients.map(({ signal }, name) => admission.run(signal, work(name + 1)));
    for (const client of clients) client.abort();
    const outcomes = await Promise.allSettled(abandoned);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    endNext();
    assert.equal(await first, 0);
    const next = admission.run(never(), work(999));
    await new Promise(setImmediate);
    endNext();
    assert.equal(await next, 999);
    assert.deepEqual(started, [0, 999]);
  });

  it('refuses one more than may wait', async () => {
    const admission = createAdmission({ slots: 1, maxWaiting: 2 });
    const { work, endNext } = createWork();
    const accepted = [1, 2, 3].map((name) => admission.run(never(), work(name)));
    await assert.rejects(admission.run(never(), work(4)), Overloaded);
    for (let count = 0; count < 3; count++) {
      endNext();
      await new Promise(setImmediate);
    }
    assert.deepEqual(await Promise.all(accepted), [1, 2, 3]);
  });

  it('frees the slot of work that failed', async () => {
    const admission = createAdmission({ slots: 1, maxWaiting: 0 });
    await assert.rejects(
      admission.run(never(), async () => {
        throw new Error('broken');
      }),
      { message: 'broken' },
    );
    assert.equal(await admission.run(never(), async () => 'next'), 'next');
  });
});
