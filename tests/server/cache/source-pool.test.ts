import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Overloaded } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import type { ImageSource } from '../../../image/source.ts';
import { createSourcePool } from '../../../server/cache/source-pool.ts';
import type { OpenedSource } from '../../../server/sources/opened-source.ts';
import type { SourceAddress } from '../../../server/sources/source-address.ts';

const LEVEL = { width: 1, height: 1, scaleFactor: 1, tile: { width: 1, height: 1 } };
const caller = () => ({ signal: new AbortController().signal });
const A = { identifier: parseIdentifier('a') };

/** Opens images that only count who holds them. */
function createShelf() {
  const shelf = { opened: 0, closed: 0, isCurrent: true };
  const source: ImageSource = {
    format: 'none',
    digest: '',
    levels: [LEVEL],
    layout: { bands: 1, photometric: 'gray', hasAlpha: false, bitsPerSample: 8 },
    read: () => Promise.reject(new Error('not read here')),
    encodedTile: async () => undefined,
    orientation: 1,
    profile: async () => undefined,
    metadata: async () => ({ text: {} }),
    close: async () => undefined,
  };
  const open = async ({ identifier, view }: SourceAddress): Promise<OpenedSource> => {
    shelf.opened++;
    let holders = 1;
    await new Promise(setImmediate);
    return {
      source,
      identity: `${identifier}${view ? `${view.x},${view.y}:` : ''}${shelf.opened}`,
      name: identifier,
      sidecar: async () => ({ members: {}, lastModified: undefined, isCurrent: async () => true }),
      sharedIdentity: identifier,
      lastModified: new Date(0),
      isUnchanged: () => true,
      isCurrent: async () => shelf.isCurrent,
      retain: () => {
        assert.ok(holders > 0, 'a closed image was handed out');
        holders++;
      },
      release: () => {
        holders--;
        if (holders === 0) shelf.closed++;
      },
    };
  };
  return { shelf, open };
}

const settled = () => new Promise(setImmediate);

describe('source pool', () => {
  it('opens an image once for 200 callers at the same moment', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 10, checkIntervalMs: 1e9 });
    await Promise.all(Array.from({ length: 200 }, () => pool.use(A, caller(), async () => undefined)));
    assert.deepEqual(shelf, { opened: 1, closed: 0, isCurrent: true });
  });

  it('keeps an image open while somebody uses it, however many others come', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 1, checkIntervalMs: 1e9 });
    await pool.use(A, caller(), async () => {
      for (const name of ['b', 'c', 'd']) await pool.use({ identifier: parseIdentifier(name) }, caller(), settled);
      await settled();
      assert.equal(shelf.closed, 2);
    });
    assert.equal(shelf.closed, 3);
  });

  it('never hands out a closed image, even when the places are fewer than the callers', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 1, checkIntervalMs: 1e9 });
    const names = Array.from({ length: 300 }, (_, index) => ({ identifier: parseIdentifier(`n${index % 7}`) }));
    await Promise.all(names.map((name) => pool.use(name, caller(), settled)));
    pool.clear();
    await settled();
    await settled();
    assert.equal(shelf.closed, shelf.opened);
  });

  it('checks an image that was opened a while ago, and opens it anew only when it has changed', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 10, checkIntervalMs: 0 });
    const identityNow = () => pool.use(A, caller(), async ({ identity }) => identity);
    assert.equal(await identityNow(), 'a1');
    assert.equal(await identityNow(), 'a1');
    shelf.isCurrent = false;
    assert.equal(await identityNow(), 'a2');
    await settled();
    assert.equal(shelf.closed, 1);
  });

  it('forgets on request', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 10, checkIntervalMs: 1e9 });
    await pool.use(A, caller(), settled);
    pool.forget(A);
    await pool.use(A, caller(), settled);
    assert.equal(shelf.opened, 2);
    assert.equal(shelf.closed, 1);
  });

  it('closes idle images when there is no descriptor for another, and then opens it', async () => {
    const { shelf, open } = createShelf();
    const openSome = (address: SourceAddress) =>
      shelf.opened - shelf.closed < 20 ? open(address) : Promise.reject(new Overloaded());
    const pool = createSourcePool({ open: openSome, maxIdle: 100, checkIntervalMs: 1e9 });
    for (let index = 0; index < 60; index++)
      await pool.use({ identifier: parseIdentifier(`n${index}`) }, caller(), settled);
    assert.equal(shelf.opened, 60);
  });

  it('gives up when every descriptor is in use', async () => {
    const open = () => Promise.reject(new Overloaded());
    const pool = createSourcePool({ open, maxIdle: 100, checkIntervalMs: 1e9 });
    await assert.rejects(pool.use(A, caller(), settled), Overloaded);
  });

  it('keeps nothing open when it is to keep nothing', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 0, checkIntervalMs: 1e9 });
    await Promise.all(Array.from({ length: 20 }, () => pool.use(A, caller(), settled)));
    await settled();
    await settled();
    assert.deepEqual(shelf, { opened: 1, closed: 1, isCurrent: true });
  });

  it('gives the image back when the work fails', async () => {
    const { shelf, open } = createShelf();
    const pool = createSourcePool({ open, maxIdle: 10, checkIntervalMs: 1e9 });
    await assert.rejects(
      pool.use(A, caller(), () => Promise.reject(new Error('broken'))),
      { message: 'broken' },
    );
    pool.clear();
    await settled();
    assert.equal(shelf.closed, 1);
  });
});
