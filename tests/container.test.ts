import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environmentOf, readStages, textsOf } from './support/dockerfile.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const stages = readStages(join(ROOT, 'Dockerfile'));
const [build] = stages;
const last = stages.at(-1);

describe('the Dockerfile', () => {
  it('builds in one stage and runs in another, both on the same Node', () => {
    assert.equal(stages.length, 2);
    assert.equal(build?.name, 'build');
    assert.equal(build?.image, last?.image);
    assert.match(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'), /^ARG NODE_IMAGE=node:\d+-[a-z]+-slim$/m);
  });

  it('installs packages before it copies the sources, so that a changed source does not install them anew', () => {
    const order = (build?.instructions ?? []).map(({ keyword, text }) => `${keyword} ${text}`);
    assert.ok(order.indexOf('COPY package.json package-lock.json ./') < order.indexOf('RUN npm ci'));
    assert.ok(order.indexOf('RUN npm ci') < order.indexOf('COPY . .'));
  });

  it('copies only what exists, and takes from the build stage what that makes', () => {
    const fromContext = textsOf(build, 'COPY').flatMap((text) => text.split(' ').slice(0, -1));
    for (const path of fromContext) assert.ok(existsSync(join(ROOT, path)), path);
    const fromBuild = textsOf(last, 'COPY');
    assert.deepEqual(fromBuild, [
      '--from=build /app/package.json ./',
      '--from=build /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
    ]);
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const command of textsOf(build, 'RUN')) {
      const [, script] = /^npm run (\S+)$/.exec(command) ?? [];
      const [, file] = /^node (\S+)$/.exec(command) ?? [];
      assert.ok(command === 'npm ci' || (script && scripts[script]) || (file && existsSync(join(ROOT, file))), command);
    }
  });

  it('has no compiler and no package manager of Node in the last stage', () => {
    const commands = textsOf(last, 'RUN').join('\n');
    assert.doesNotMatch(commands, /build-essential|gcc|g\+\+|make|python|git|npm (ci|install)/);
    assert.match(commands, /rm -rf .*\/usr\/local\/lib\/node_modules/);
  });

  it('runs as a numbered user that is not root, and keeps images on a volume', () => {
    const [user = ''] = textsOf(last, 'USER');
    assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(textsOf(last, 'VOLUME'), ['/images']);
  });

  it('starts Node itself, which then gets the signals', () => {
    const [entry = ''] = textsOf(last, 'ENTRYPOINT');
    assert.deepEqual(JSON.parse(entry), ['node', 'dist/server/main.js']);
    assert.deepEqual(textsOf(last, 'CMD'), []);
  });

  it('asks the server itself whether it lives', () => {
    const [check = ''] = textsOf(last, 'HEALTHCHECK');
    const command: string[] = JSON.parse(check.slice(check.indexOf('[')));
    assert.deepEqual(command.slice(0, 2), ['node', '-e']);
    assert.match(command[2] ?? '', /\/health\/live/);
  });

  it('serves the folder of images on every address, draws no samples and keeps memory flat', () => {
    assert.deepEqual(environmentOf(last), {
      NODE_ENV: 'production',
      LD_PRELOAD: 'libjemalloc.so.2',
      MALLOC_ARENA_MAX: '2',
      HOST: '0.0.0.0',
      PORT: '8080',
      FILESYSTEM_PREFIX: '/images',
      MEZZOTINT_SAMPLES: 'off',
    });
    assert.deepEqual(textsOf(last, 'EXPOSE'), ['8080']);
  });
});

describe('the build', () => {
  it('puts every WebAssembly module where the compiled server looks for it, with its licences', () => {
    const sources = readdirSync(join(ROOT, 'codecs'), { recursive: true, encoding: 'utf8' });
    const carried = sources.filter((path) => path.endsWith('.wasm') || /licences\/.*\.txt$/.test(path));
    assert.ok(carried.includes('kernels/kernels.wasm') && carried.includes('kernels/licences/libzstd.txt'));
    for (const path of carried) {
      const built = readFileSync(join(ROOT, 'dist/codecs', path));
      assert.deepEqual(built, readFileSync(join(ROOT, 'codecs', path)), path);
    }
  });
});

describe('the build context', () => {
  it('leaves out what is large or made anew', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    for (const path of ['.git', 'dist', 'node_modules', 'samples']) assert.ok(ignored.includes(path), path);
  });
});
