import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { loadConfig } from '../../../config/load-config.ts';
import { type Application, createApp } from '../../../server/app.ts';
import { type DecodedImage, startDecoder } from '../../support/decoder.ts';
import { silentLog } from '../../support/silent-log.ts';
import { ADDRESS_CHECKS } from './conformance/addresses.ts';
import { type Check, COLOURS, SERVERS, type ServerName, type Spot } from './conformance/check.ts';
import { DOCUMENT_CHECKS } from './conformance/documents.ts';
import { writeFiles } from './conformance/files.ts';
import { QUALITY_CHECKS } from './conformance/qualities.ts';
import { REGION_CHECKS } from './conformance/regions.ts';
import { RESPONSE_CHECKS } from './conformance/responses.ts';
import { ROTATION_CHECKS } from './conformance/rotations.ts';
import { SIZE_CHECKS } from './conformance/sizes.ts';

const SUITES = {
  'regions of IIIF': REGION_CHECKS,
  'sizes of IIIF': SIZE_CHECKS,
  'rotations of IIIF': ROTATION_CHECKS,
  'qualities and formats of IIIF': QUALITY_CHECKS,
  'addresses of IIIF': ADDRESS_CHECKS,
  'documents of IIIF': DOCUMENT_CHECKS,
  'answers of IIIF': RESPONSE_CHECKS,
};

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-iiif-'));
const decoder = startDecoder();
const servers = new Map<ServerName, Promise<Application>>();

before(() => writeFiles(folder));

after(async () => {
  for (const server of servers.values()) await (await server).close();
  decoder.stop();
  rmSync(folder, { recursive: true });
});

function serverOf(name: ServerName): Promise<Application> {
  const running = servers.get(name);
  if (running) return running;
  const config = loadConfig({ argv: [folder], env: SERVERS[name], readFile: () => '', cores: 2 });
  const started = createApp({ config, log: silentLog });
  servers.set(name, started);
  return started;
}

async function make(check: Check): Promise<void> {
  const { app } = await serverOf(check.on ?? 'plain');
  const answer = await app.inject({ url: check.url, method: check.method ?? 'GET', headers: { ...check.headers } });
  assert.equal(answer.statusCode, check.status ?? 200, answer.body.slice(0, 300));
  for (const [name, value] of Object.entries(check.has ?? {})) {
    assert.equal(answer.headers[name], value ?? undefined, name);
  }
  checkBody(answer, check);
  if (check.size !== undefined || check.spots) await checkPixels(answer.rawPayload, check);
}

function checkBody(answer: LightMyRequestResponse, { body, info }: Check): void {
  if (typeof body === 'string') assert.equal(answer.body, body);
  else if (body) assert.match(answer.body, body);
  for (const [path, value] of Object.entries(info ?? {})) assert.deepEqual(memberAt(answer.json(), path), value, path);
}

function memberAt(document: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => Object(value)[name], document);
}

async function checkPixels(file: Buffer, { size, spots = [], tolerance = 0 }: Check): Promise<void> {
  const image = await decoder.decode(file);
  if (size !== undefined) assert.equal(`${image.width}x${image.height}`, size);
  for (const spot of spots) checkSpot(image, spot, tolerance);
}

function checkSpot({ data, width, channels }: DecodedImage, [x, y, colour]: Spot, tolerance: number): void {
  const start = (y * width + x) * channels;
  const samples = [...data.subarray(start, start + channels)];
  const expected = typeof colour === 'string' ? COLOURS[colour] : colour;
  const isMet = expected.every((sample, band) => Math.abs(sample - Number(samples[band])) <= tolerance);
  assert.ok(isMet, `pixel ${x},${y} is ${samples}, not ${expected}`);
}

for (const [title, checks] of Object.entries(SUITES)) {
  describe(title, () => {
    for (const check of checks) {
      const { section, method = 'GET', url, on = 'plain', headers = {} } = check;
      const asked = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`);
      it(`${section}: ${method} ${url.slice(0, 120)} on "${on}"${asked.join(',')}`, () => make(check));
    }
  });
}

it('is made of hundreds of sentences', () => {
  const count = Object.values(SUITES).reduce((sum, checks) => sum + checks.length, 0);
  assert.ok(count >= 300, `${count} checks`);
});
