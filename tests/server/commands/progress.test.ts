import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createConvertProgress } from '../../../server/commands/convert/progress.ts';

/** An output and a clock that the test moves. */
function createBench(isTTY: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const output = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  return { written, clock, progress: createConvertProgress({ output, now: () => clock.ms }) };
}

describe('the progress of a conversion', () => {
  for (const isTTY of [true, false]) {
    it(`is nothing to be shown before two seconds, ${isTTY ? 'on a terminal' : 'elsewhere'}`, () => {
      const { written, clock, progress } = createBench(isTTY);
      for (clock.ms = 0; clock.ms < 2000; clock.ms += 50) progress.show(clock.ms / 2500, 'a.jpg');
      progress.clear();
      assert.deepEqual(written, []);
    });
  }

  it('is a bar on a terminal, with percent and the time that is left, taken off before anything else is written', () => {
    const { written, clock, progress } = createBench(true);
    clock.ms = 10_000;
    progress.show(0.25, 'maps/a.jpg');
    assert.deepEqual(written, ['\r\u001b[K[##########------------------------------]  25 %, 30 s left: maps/a.jpg']);
    progress.clear();
    progress.clear();
    assert.deepEqual(written.slice(1), ['\r\u001b[K']);
  });

  it('never fills more than a line, and is not drawn more than ten times a second', () => {
    const { written, clock, progress } = createBench(true);
    for (clock.ms = 10_000; clock.ms < 11_000; clock.ms += 10) progress.show(0.5, 'x'.repeat(500));
    assert.equal(written.length, 10);
    assert.ok(written.every((text) => text.length <= 99 + '\r\u001b[K'.length));
  });

  it('is a line now and then elsewhere', () => {
    const { written, clock, progress } = createBench(false);
    for (clock.ms = 0; clock.ms < 25_000; clock.ms += 100) progress.show(clock.ms / 100_000, 'a.jpg');
    assert.deepEqual(
      written,
      ['2 %, 98 s left: a.jpg\n', '12 %, 88 s left: a.jpg\n', '22 %, 78 s left: a.jpg\n'].map((line) =>
        line.replace('98 s', '2 min'),
      ),
    );
  });
});
