import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shareNext } from '../../server/share-next.ts';

/** A check that counts its beginnings and ends when told to. */
function createCheck() {
  const endings: ((value: number) => void)[] = [];
  let begun = 0;
  const shared = shareNext(() => {
    begun++;
    return new Promise<number>((resolve) => endings.push(resolve));
  });
  return { shared, endings, begun: () => begun };
}

const settled = () => new Promise(setImmediate);

describe('a shared check', () => {
  it('begins at once for the first caller and once more for all who come meanwhile', async () => {
    const { shared, endings, begun } = createCheck();
    const first = shared();
    const later = [shared(), shared(), shared()];
    assert.equal(begun(), 1);
    endings[0]?.(1);
    assert.equal(await first, 1);
    await settled();
    assert.equal(begun(), 2);
    endings[1]?.(2);
    assert.deepEqual(await Promise.all(later), [2, 2, 2]);
  });

  it('never gives a caller the result of a check that began before the call', async () => {
    let state = 'old';
    const shared = shareNext(async () => {
      const seen = state;
      await settled();
      return seen;
    });
    const early = shared();
    state = 'new';
    const late = shared();
    assert.deepEqual([await early, await late, await shared()], ['old', 'new', 'new']);
  });

  it('goes on after a failure', async () => {
    let isBroken = true;
    const shared = shareNext(async () => {
      if (isBroken) throw new Error('broken');
      return 'whole';
    });
    const first = shared();
    const second = shared();
    await assert.rejects(first);
    await assert.rejects(second);
    isBroken = false;
    assert.equal(await shared(), 'whole');
  });
});
