import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { LightMyRequestResponse } from 'fastify';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { startDecoder } from '../support/decoder.ts';
import { silentLog } from '../support/silent-log.ts';
import { ODD_NUMBERS } from './arbitraries.ts';
import { writeFiles } from './iiif/conformance/files.ts';

const REQUESTS = 20_000;
const TILE = 256;
const OVERLAP = 3;

/** Everything that these requests may be answered with. No file here is damaged, and nobody else asks. */
const STATUSES = [200, 304, 400, 404, 405, 414];

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-tile-fuzz-'));
const decoder = startDecoder();
let application: Application;

before(async () => {
  writeFiles(folder);
  const env = {
    DEEPZOOM_OVERLAP: String(OVERLAP),
    URI_MAP: 'old/zoom=>DeepZoom,zf=>Zoomify',
    IIIF_DELIMITER: ';',
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

/** Mostly a tile that exists: the images have up to ten levels, and up to three columns or rows. */
const level = numberUpTo(11);
const place = numberUpTo(3);

function numberUpTo(max: number): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.integer({ min: 0, max }).map(String), weight: 20 },
    { arbitrary: fc.constantFrom(...ODD_NUMBERS), weight: 1 },
  );
}

const noise = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('%', '%zz', '%2F', '..', '%00', '\\', '_files/', '/TileGroup', '//', ''),
);
const extension = fc.constantFrom('jpg', 'jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'bmp', '');

const name = fc.oneof(
  {
    arbitrary: fc.constantFrom('quad.tif', 'thin.tif', 'gray.tif', 'stack.tif', 'a%20b+c&d@e.tif', 'n%C3%A4me.tif'),
    weight: 9,
  },
  {
    arbitrary: fc.constantFrom('gone.tif', 'stack.tif;1', '', '/', '%2e%2e%2fetc%2fpasswd', 'quad.tif%2F..', 'maps'),
    weight: 2,
  },
  { arbitrary: noise, weight: 1 },
);

const deepZoom = requestOf(fc.constantFrom('/deepzoom/', '/old/zoom/', '/fcgi-bin/iipsrv.fcgi?DeepZoom='), [
  fc.constantFrom('.dzi', '.xml'),
  fc.tuple(level, place, place, extension).map(([z, x, y, type]) => `_files/${z}/${x}_${y}.${type}`),
]);
const zoomify = requestOf(fc.constantFrom('/zoomify/', '/zf/', '/fcgi-bin/iipsrv.fcgi?Zoomify='), [
  fc.constantFrom('/ImageProperties.xml'),
  fc.tuple(place, level, place, place).map(([group, z, x, y]) => `/TileGroup${group}/${z}-${x}-${y}.jpg`),
]);
const xyz = requestOf(fc.constant('/tiles/'), [
  fc.constantFrom('/tilejson.json'),
  fc.tuple(level, place, place, extension).map(([z, x, y, type]) => `/${z}/${x}/${y}.${type}`),
]);
const presentation = requestOf(fc.constant('/presentation/3/'), [
  fc.constantFrom('/manifest.json', '/collection.json', 'manifest.json', 'collection.json'),
]);

/** A prefix, an image and one of the forms that the protocol knows, or noise in its place. */
function requestOf(
  mount: fc.Arbitrary<string>,
  forms: readonly [fc.Arbitrary<string>, ...fc.Arbitrary<string>[]],
): fc.Arbitrary<string> {
  const rest = fc.oneof(
    ...forms.map((arbitrary, index) => ({ arbitrary, weight: index === 0 ? 3 : 9 })),
    { arbitrary: noise, weight: 1 },
    { arbitrary: fc.tuple(...forms, noise).map((parts) => parts.join('')), weight: 1 },
  );
  return fc
    .tuple(mount, name, rest)
    .map((parts) => [parts[0], parts.join('')] as const)
    .filter(([prefix, url]) => staysBelow(prefix, url))
    .map(([, url]) => url);
}

/** Injected URLs lose their dot segments before the server sees them: `/tiles/..` would ask for the gallery. */
function staysBelow(prefix: string, url: string): boolean {
  const { pathname, search } = new URL(url, 'http://localhost');
  return `${pathname}${search}`.startsWith(prefix.replace(/\/$/, ''));
}

const anyRequest = fc.record({
  url: fc.oneof(deepZoom, zoomify, xyz, presentation).map((url) => url.replace(/[^!-~]/g, '_')),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'),
  headers: fc.dictionary(
    fc.constantFrom('accept', 'host', 'x-forwarded-host', 'x-forwarded-proto', 'x-iiif-id', 'if-none-match'),
    fc
      .oneof(noise, fc.constantFrom('a.example', 'x","evil":"1', 'https', '*/*'))
      .map((text) => text.replace(/[^ -~]/g, '_')),
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

/** Documents must be whole whatever headers said, and tiles no larger than tiles are. */
async function checkAccepted(answer: LightMyRequestResponse, url: string): Promise<void> {
  if (isImage(answer)) {
    const most = /deepzoom|old\/zoom/i.test(url) ? TILE + 2 * OVERLAP : TILE;
    const { width, height } = await decoder.decode(answer.rawPayload);
    assert.ok(width <= most && height <= most, `${width} x ${height}`);
  } else if (String(answer.headers['content-type']).includes('json')) {
    const document = JSON.parse(answer.body);
    assert.ok(!('evil' in document));
  } else {
    assert.match(answer.body, /^(?:<\?xml [^>]*>\s*)?<(?:Image|IMAGE_PROPERTIES) .*>$/s);
  }
}

describe('requests for tiles and documents at random', () => {
  it(`${REQUESTS} of them fail only deliberately, keep the limits and tell nothing`, {
    timeout: 1_500_000,
  }, async () => {
    const seen = new Map<string, number>();
    const property = fc.asyncProperty(anyRequest, async ({ url, method, headers }) => {
      const answer = await application.app.inject({ url, method, headers });
      const kind = `${answer.statusCode} ${/deepzoom|zoom\/|zoomify|zf|tiles|presentation/i.exec(url)?.[0].toLowerCase()}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      assert.ok(STATUSES.includes(answer.statusCode), `${answer.statusCode}: ${answer.body.slice(0, 300)}`);
      checkSecrets(answer);
      if (answer.statusCode === 200 && method === 'GET') await checkAccepted(answer, url);
    });
    await fc.assert(property, { numRuns: REQUESTS });
    for (const protocol of ['deepzoom', 'zoom/', 'zoomify', 'zf', 'tiles', 'presentation']) {
      for (const status of [200, 404]) {
        assert.ok((seen.get(`${status} ${protocol}`) ?? 0) > 50, `${status} ${protocol} was hardly seen`);
      }
    }
  });
});
