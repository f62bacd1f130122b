import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import { environmentOf, readStages, textsOf } from '../support/dockerfile.ts';
import { cloneCommitted, drawPyramid, shell, startServer, temporaryFolder } from './checkout.ts';
import { assertServes } from './served-image.ts';

const COLOUR = [30, 90, 210] as const;

/** What only an installation needs: none of it may reach the image. */
const UNWANTED = ['cmake-js', 'axios', 'tar', 'yargs', 'typescript', 'playwright-core', '@biomejs/biome', '.bin'];

it('serves a tile from what the Dockerfile leaves in the image, without HOME and as a user who cannot write there', async (test) => {
  const { path, remove } = await temporaryFolder();
  test.after(remove);
  const build = join(path, 'build');
  const app = join(path, 'app');
  const images = join(path, 'images');
  await Promise.all([mkdir(app), mkdir(images)]);
  await drawPyramid(join(images, 'plain.tif'), COLOUR);

  // The build stage: its own commands, one after the other, in a clean checkout.
  await cloneCommitted(build);
  const [first, last] = readStages(join(build, 'Dockerfile'));
  for (const command of textsOf(first, 'RUN')) await shell(command, build);

  // The last stage: what it copies, and its settings.
  for (const copied of textsOf(last, 'COPY')) {
    const [, from = ''] = copied.split(' ');
    await cp(join(build, basename(from)), join(app, basename(from)), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of UNWANTED) assert.ok(!existsSync(join(app, 'node_modules', name)), `${name} is still there`);
  assert.ok(existsSync(join(app, 'node_modules/pkg-prebuilds')));

  const { LD_PRELOAD: _, ...settings } = environmentOf(last);
  const env = { ...settings, PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', FILESYSTEM_PREFIX: images };
  const [, ...args]: string[] = JSON.parse(textsOf(last, 'ENTRYPOINT')[0] ?? '[]');
  // Only root may become somebody else; anybody else runs the tests as themselves.
  await chmod(path, 0o755);
  const user = process.getuid?.() === 0 ? { user: Number.parseInt(textsOf(last, 'USER')[0] ?? '', 10) } : {};
  const server = await startServer({ command: process.execPath, args, cwd: app, env, ...user, minutes: 5 });
  test.after(server.stop);
  await assertServes(server.address, 'plain.tif', COLOUR);
  const { status } = await fetch(`${server.address}health/live`, { signal: AbortSignal.timeout(60_000) });
  assert.equal(status, 200);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
