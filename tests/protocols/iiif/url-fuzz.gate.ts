import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { LightMyRequestResponse } from 'fastify';
import { loadConfig } from '../../../config/load-config.ts';
import { type Application, createApp } from '../../../server/app.ts';
import { startDecoder } from '../../support/decoder.ts';
import { silentLog } from '../../support/silent-log.ts';
import { ODD_NUMBERS } from '../arbitraries.ts';
import { writeFiles } from './conformance/files.ts';

const REQUESTS = 20_000;
const MOST = 320;

/** Everything that a IIIF request may be answered with. No file here is damaged, and nobody else asks. */
const STATUSES = [200, 303, 304, 400, 404, 405, 413, 414];

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-fuzz-'));
const decoder = startDecoder();
let application: Application;

before(async () => {
  writeFiles(folder);
  const env = {
    MAX_CVT: String(MOST),
    IIIF_DELIMITER: ';',
    IIIF_EXTENSIONS: '1',
    TRUSTED_PROXIES: 'loopback',
    SOURCE_CHECK_INTERVAL: '60000',
    AVIF_QUALITY: '10',
  };
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  decoder.stop();
  rmSync(folder, { recursive: true });
});

const number = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 700 }).map(String), weight: 8 },
  { arbitrary: fc.double({ min: 0, max: 400, noNaN: true }).map((value) => value.toFixed(3)), weight: 2 },
  { arbitrary: fc.constantFrom(...ODD_NUMBERS), weight: 1 },
);
const list = (length: number) => fc.array(number, { minLength: length, maxLength: length }).map((all) => all.join(','));
const noise = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('%', '%zz', '%2F', '..', '%00', '\\', '^', '!', ''),
);

const region = fc.oneof(
  { arbitrary: fc.constantFrom('full', 'square', 'max'), weight: 3 },
  { arbitrary: list(4), weight: 4 },
  { arbitrary: list(4).map((all) => `pct:${all}`), weight: 2 },
  { arbitrary: noise, weight: 1 },
);
const size = fc
  .tuple(
    fc.constantFrom('', '', '^', '^^'),
    fc.oneof(
      fc.constantFrom('max', 'full'),
      number.map((width) => `${width},`),
      number.map((height) => `,${height}`),
      list(2),
      list(2).map((box) => `!${box}`),
      number.map((percent) => `pct:${percent}`),
      noise,
    ),
  )
  .map((parts) => parts.join(''));
const rotation = fc
  .tuple(fc.constantFrom('', '', '!', '!!'), fc.oneof(fc.constantFrom('0', '90', '180'), number))
  .map((parts) => parts.join(''));
const quality = fc.constantFrom('default', 'color', 'gray', 'bitonal', 'negative', 'log', 'sepia', 'equalization');
const format = fc.constantFrom('jpg', 'jpg', 'png', 'webp', 'tif', 'avif', 'gif', 'pdf', 'bmp', '');
const name = fc.oneof(
  {
    arbitrary: fc.constantFrom('quad.tif', 'thin.tif', 'gray.tif', 'stack.tif;1', 'stack.tif', 'a%20b+c&d@e.tif'),
    weight: 9,
  },
  {
    arbitrary: fc.constantFrom('gone.tif', 'stack.tif;9', '', '/', '%2e%2e%2fetc%2fpasswd', 'quad.tif%2F..', 'maps'),
    weight: 2,
  },
  { arbitrary: noise, weight: 1 },
);
const mount = fc.constantFrom('/iiif/3/', '/iiif/2/', '/iiif/', '/fcgi-bin/iipsrv.fcgi?IIIF=', '/iiif/4/');
const last = fc.tuple(quality, format).map((parts) => parts.join('.'));
const rest = fc.oneof(
  { arbitrary: fc.tuple(region, size, rotation, last).map((parts) => `/${parts.join('/')}`), weight: 12 },
  { arbitrary: fc.constantFrom('', '/', '/info.json', '/info.json?x', '/info.xml', '/full', '/full/max/0'), weight: 3 },
  {
    arbitrary: fc.array(fc.oneof(region, size, rotation, last), { maxLength: 7 }).map((all) => `/${all.join('/')}`),
    weight: 1,
  },
);
const header = fc.oneof(
  noise,
  fc.constantFrom('a.example', 'x","evil":"1', 'https', '*/*', 'application/ld+json;q=0.3'),
);
const anyRequest = fc.record({
  url: fc.tuple(mount, name, rest).map((parts) => parts.join('').replace(/[^!-~]/g, '_')),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'),
  headers: fc.dictionary(
    fc.constantFrom(
      'accept',
      'host',
      'x-forwarded-host',
      'x-forwarded-proto',
      'forwarded',
      'x-iiif-id',
      'if-none-match',
    ),
    header.map((text) => text.replace(/[^ -~]/g, '_')),
    { maxKeys: 2 },
  ),
});

/** Nothing of this machine is told: not where files lie, not where the program does. */
function checkSecrets(answer: LightMyRequestResponse): void {
  const told = `${JSON.stringify(answer.headers)}\n${isImage(answer) ? '' : answer.body}`;
  for (const secret of [folder, tmpdir(), process.cwd(), 'node_modules', '\n    at ', 'ENOENT', '.js:']) {
    assert.ok(!told.includes(secret), `${secret} in ${told.slice(0, 500)}`);
  }
}

function isImage({ headers }: LightMyRequestResponse): boolean {
  return String(headers['content-type']).startsWith('image/');
}

describe('IIIF requests at random', () => {
  it(`${REQUESTS} of them fail only deliberately, keep the limits and tell nothing`, {
    timeout: 1_500_000,
  }, async () => {
    const seen = new Map<number, number>();
    const property = fc.asyncProperty(anyRequest, async ({ url, method, headers }) => {
      const answer = await application.app.inject({ url, method, headers });
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
      assert.ok(STATUSES.includes(answer.statusCode), `${answer.statusCode}: ${answer.body.slice(0, 300)}`);
      checkSecrets(answer);
      if (answer.statusCode !== 200 || !isImage(answer) || method === 'HEAD') return;
      const { width, height } = await decoder.decode(answer.rawPayload);
      assert.ok(width <= MOST && height <= MOST, `${width} x ${height}`);
    });
    await fc.assert(property, { numRuns: REQUESTS });
    for (const status of [200, 303, 400, 404]) assert.ok((seen.get(status) ?? 0) > 100, `${status} was hardly seen`);
  });
});
