import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

/** Names of files, each character a byte, and how clients write them in IIIF. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'a+b.tif': ['a+b.tif', 'a%2Bb.tif'],
  'a b.tif': ['a%20b.tif'],
  '100%.tif': ['100%25.tif'],
  'a%2Fb.tif': ['a%252Fb.tif'],
  'a;b.tif': ['a;b.tif', 'a%3Bb.tif'],
  'a#b.tif': ['a%23b.tif'],
  'a?b.tif': ['a%3Fb.tif'],
  'a@b,c:d&e=f.tif': ['a@b,c:d&e=f.tif', 'a%40b%2Cc%3Ad%26e%3Df.tif'],
  '\u00c3\u00bc.tif': ['%C3%BC.tif', '%c3%bc.tif'], // u umlaut, composed
  'u\u00cc\u0088.tif': ['u%CC%88.tif'], // and decomposed
  'caf\u00e9.tif': ['caf%e9.tif', 'caf%E9.tif'], // no UTF-8
  'ark:/12025/x': ['ark:/12025/x', 'ark:%2F12025%2Fx', 'ark%3A%2f12025%2fx'],
  'http:/example.org/x.tif': ['http://example.org/x.tif', 'http:%2F%2Fexample.org%2Fx.tif'],
  [`${'n'.repeat(236)}.tif`]: [`${'n'.repeat(236)}.tif`],
  [`${'deep/'.repeat(199)}x.tif`]: [`${'deep/'.repeat(199)}x.tif`, `${'deep%2F'.repeat(199)}x.tif`],
};

/** Every protocol's way to ask for a picture; in the values of IIP a plus sign is a space, and `&` ends them. */
const ADDRESSES = [
  (name: string) => `/iiif/3/${name}/full/9,/0/default.jpg`,
  (name: string) => `/iiif/2/${name}/full/9,/0/default.jpg`,
  (name: string) => `/iip?FIF=${name.replaceAll('+', '%2B').replaceAll('&', '%26')}&WID=9&CVT=jpeg`,
  (name: string) => `/deepzoom/${name}_files/0/0_0.jpg`,
  (name: string) => `/zoomify/${name}/TileGroup0/0-0-0.jpg`,
  (name: string) => `/tiles/${name}/0/0/0.jpg`,
];

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-names-'));
let application: Application;
let nginx: Nginx;

before(async () => {
  const source = join(folder, 'source.tif');
  writePositionPyramid(source, { width: 100, height: 80 }, []);
  for (const name of Object.keys(NAMES)) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    mkdirSync(path.subarray(0, path.lastIndexOf('/')), { recursive: true });
    copyFileSync(source, path);
  }
  const config = loadConfig({ argv: [folder], env: { TRUSTED_PROXIES: 'loopback' }, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
  await application.app.listen({ host: '127.0.0.1', port: 0 });
  nginx = await startNginx(ownPort());
});

after(async () => {
  await nginx.stop();
  await application.close();
  rmSync(folder, { recursive: true });
});

function ownPort(): number {
  const address = application.app.server.address() as AddressInfo;
  return address.port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks byte for byte what it is given, which clients with a URL parser would tidy up. */
function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

for (const [way, portOf] of [
  ['directly', ownPort],
  ['through nginx', () => nginx.port],
] as const) {
  describe(`names of files, asked for ${way}`, () => {
    for (const [name, spellings] of Object.entries(NAMES)) {
      it(`${name.slice(0, 30)} is found in every protocol, however it is written`, async () => {
        for (const path of spellings.flatMap((spelling) => ADDRESSES.map((address) => address(spelling)))) {
          const { status, headers, body } = await get(portOf(), path);
          assert.deepEqual([status, headers['content-type']], [200, 'image/jpeg'], `${path}: ${body}`);
        }
      });

      it(`${name.slice(0, 30)} leads from its TileJSON to a tile, and from its manifest to the picture`, async () => {
        const origin = `http://127.0.0.1:${portOf()}`;
        const json = async (path: string) => JSON.parse((await get(portOf(), path)).body);
        for (const spelling of spellings) {
          const { tiles } = await json(`/tiles/${spelling}/tilejson.json`);
          assert.equal(tiles[0], `${origin}/tiles/${spelling}/{z}/{x}/{y}.jpg`);
          const tile = tiles[0].slice(origin.length).replace('{z}/{x}/{y}', '0/0/0');
          const manifest = await json(`/presentation/3/${spelling}/manifest.json`);
          assert.equal(manifest.id, `${origin}/presentation/3/${spelling}/manifest.json`);
          const picture = manifest.items[0].items[0].items[0].body.id;
          assert.ok(picture.startsWith(`${origin}/iiif/3/`), picture);
          for (const path of [tile, picture.slice(origin.length)]) {
            const { status, headers, body } = await get(portOf(), path);
            assert.deepEqual([status, headers['content-type']], [200, 'image/jpeg'], `${path}: ${body}`);
          }
        }
      });

      it(`${name.slice(0, 30)} keeps its spelling in info.json and in the redirect to it`, async () => {
        for (const spelling of spellings) {
          const host = `127.0.0.1:${portOf()}`;
          const id = `http://${host}/iiif/3/${spelling}`;
          const info = await get(portOf(), `/iiif/3/${spelling}/info.json`);
          assert.equal(JSON.parse(info.body).id, id);
          const base = await get(portOf(), `/iiif/3/${spelling}`);
          assert.deepEqual([base.status, base.headers.location], [303, `${id}/info.json`]);
        }
      });
    }

    it('is decoded once: %252F is no slash, and no way out of the folder', async () => {
      for (const [name, statuses] of [
        ['ark:%252F12025%252Fx', [404]],
        ['%252e%252e%252fetc%252fpasswd', [404]],
        ['%2e%2e%2fetc%2fpasswd', [400]],
        ['deep/..%2f..%2f..%2fetc%2fpasswd', [400]],
      ] as const) {
        const { status } = await get(portOf(), `/iiif/3/${name}/info.json`);
        assert.ok(
          statuses.some((expected) => expected === status),
          `${name}: ${status}`,
        );
      }
    });
  });
}

describe('nginx in front', () => {
  it('gives each host documents of its own, also from its cache', async () => {
    const idAt = async (host: string) =>
      JSON.parse((await get(nginx.port, '/iiif/3/a%20b.tif/info.json', { host })).body).id;
    const hosts = ['one.example', 'two.example', 'one.example', 'two.example'];
    const ids: string[] = [];
    for (const host of hosts) ids.push(await idAt(host));
    assert.deepEqual(
      ids,
      hosts.map((host) => `http://${host}/iiif/3/a%20b.tif`),
    );
  });

  it('lets no client choose the addresses that others get', async () => {
    const spoofed = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-iiif-id': 'https://evil.example/x',
    };
    const prefix = { 'x-forwarded-prefix': '/evil', 'x-forwarded-proto': 'https', 'x-forwarded-port': '666' };
    const { body } = await get(nginx.port, '/iiif/3/100%25.tif/info.json', {
      host: 'good.example',
      ...spoofed,
      ...prefix,
    });
    assert.equal(JSON.parse(body).id, 'http://good.example/iiif/3/100%25.tif');
  });
});
