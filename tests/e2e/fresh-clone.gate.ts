import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { cloneCommitted, drawPyramid, ownEnvironment, shell, startServer, temporaryFolder } from './checkout.ts';
import { assertServes } from './served-image.ts';

const COLOUR = [200, 120, 40] as const;

it('serves a folder from a fresh clone with an empty npm cache, by the two commands of the README', async (test) => {
  const { path, remove } = await temporaryFolder();
  test.after(remove);
  const clone = join(path, 'clone');
  const images = join(path, 'images');
  await mkdir(images);
  await drawPyramid(join(images, 'plain.tif'), COLOUR);
  await cloneCommitted(clone);
  await shell(`npm ci --cache "${join(path, 'npm-cache')}"`, clone);

  const args = ['start', '--', images, '--port', '0'];
  const server = await startServer({ command: 'npm', args, cwd: clone, env: ownEnvironment(), minutes: 5 });
  test.after(server.stop);
  await assertServes(server.address, 'plain.tif', COLOUR);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
