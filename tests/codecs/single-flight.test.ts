import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSingleFlight } from '../../codecs/single-flight.ts';

const never = () => new AbortController().signal;

/** A job that ends when told to, and counts its starts. */
function createJob() {
  const signals: AbortSignal[] = [];
  let finish: (value: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const job = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
  };
  return { job, signals, finish: (value: string) => finish(value), fail: (error: Error) => fail(error) };
}

describe('single flight', () => {
  it('runs one job for 200 callers with the same key', async () => {
    const flight = createSingleFlight<string>();
    const { job, signals, finish } = createJob();
    const callers = Array.from({ length: 200 }, () => flight.run('key', never(), job));
    finish('pixels');
    assert.deepEqual(new Set(await Promise.all(callers)), new Set(['pixels']));
    assert.equal(signals.length, 1);
  });

  it('runs different keys side by side', async () => {
    const flight = createSingleFlight<string>();
    const results = ['a', 'b'].map((key) => flight.run(key, never(), async () => key));
    assert.deepEqual(await Promise.all(results), ['a', 'b']);
  });

  it('goes on for the others when the first caller leaves', async () => {
    const flight = createSingleFlight<string>();
    const { job, signals, finish } = createJob();
    const leader = new AbortController();
    const first = flight.run('key', leader.signal, job);
    const second = flight.run('key', never(), job);
    leader.abort();
    await assert.rejects(first, { name: 'AbortError' });
    assert.equal(signals[0]?.aborted, false);
    finish('pixels');
    assert.equal(await second, 'pixels');
    assert.equal(signals.length, 1);
  });

  it('stops the job when all have left, and starts anew for the next', async () => {
    const flight = createSingleFlight<string>();
    const { job, signals, finish } = createJob();
    const controllers = [new AbortController(), new AbortController()];
    const leaving = controllers.map(({ signal }) => flight.run('key', signal, job));
    for (const controller of controllers) controller.abort();
    assert.deepEqual(
      (await Promise.allSettled(leaving)).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(signals[0]?.aborted, true);
    const next = flight.run('key', never(), job);
    finish('fresh');
    assert.equal(await next, 'fresh');
    assert.equal(signals.length, 2);
  });

  it('shares a failure with those who wait and forgets it then', async () => {
    const flight = createSingleFlight<string>();
    const { job, fail } = createJob();
    const waiting = [flight.run('key', never(), job), flight.run('key', never(), job)];
    fail(new Error('broken'));
    for (const result of waiting) await assert.rejects(result, { message: 'broken' });
    assert.equal(await flight.run('key', never(), async () => 'mended'), 'mended');
  });

  it('does not start for a caller who has left already', async () => {
    const flight = createSingleFlight<string>();
    const { job, signals } = createJob();
    await assert.rejects(flight.run('key', AbortSignal.abort(), job), { name: 'AbortError' });
    assert.equal(signals.length, 0);
  });
});
