import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createEncoders } from '../../codecs/encode/create-encoders.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import { createMeasures } from '../../codecs/measures.ts';
import { createOutgoing } from '../../codecs/metadata/outgoing.ts';
import { createRender } from '../../codecs/render.ts';
import { createResize } from '../../codecs/resize.ts';
import { WHITE } from '../../image/colour.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import { type ImageRequest, UPRIGHT } from '../../image/request.ts';
import type { ImageService } from '../../image/service.ts';
import { createAdmission } from '../../server/admission.ts';
import { createMemoryCache } from '../../server/cache/memory-cache.ts';
import { createRedisCache } from '../../server/cache/redis-cache.ts';
import type { SharedCache } from '../../server/cache/shared-cache.ts';
import { createSourcePool } from '../../server/cache/source-pool.ts';
import { createImageService } from '../../server/image-service.ts';
import { findRoots } from '../../server/sources/open-confined.ts';
import { openImage } from '../../server/sources/opened-source.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { startRedis } from '../support/redis-server.ts';

const SLOTS = 2;
const folder = mkdtempSync(join(tmpdir(), 'mezzotint-service-'));

before(() => writePositionPyramid(join(folder, 'a.tif'), { width: 2000, height: 1500 }, ['--compression', 'deflate']));
after(() => rmSync(folder, { recursive: true }));

/** A service of its own, like a process, that counts how often something is rendered. */
async function createCounted(shared?: SharedCache): Promise<{ images: ImageService; started: () => number }> {
  const pool = createBufferPool();
  const roots = { roots: await findRoots([{ name: '', folder }]), suffix: Buffer.alloc(0) };
  const tools = createDecodeTools(pool);
  const defaults = { jpegQuality: 75, pngLevel: 1, webpQuality: 50, avifQuality: 50, tiffQuality: 75, matte: WHITE };
  const encoders = createEncoders(
    { ...defaults, tiffCompression: 'lzw' },
    { ...tools, turbo: undefined, jpeg2000: createJpeg2000Codec({ threads: 1 }) },
  );
  const outgoing = createOutgoing({ maxIcc: 65_536, rights: '', colour: 'keep' });
  const measures = createMeasures(tools);
  const render = createRender({
    encoders,
    pool,
    resize: createResize(tools),
    takeTurn: tools.takeTurn,
    measures,
    interpolation: 'linear',
    depth: 8,
    passthrough: true,
    colour: 'keep',
    outgoing,
  });
  let started = 0;
  const images = createImageService({
    sources: createSourcePool({
      open: (name) => openImage(name, { roots, tools, orientation: 'apply' }),
      maxIdle: 10,
      checkIntervalMs: 1000,
    }),
    memory: createMemoryCache(10_000_000),
    shared,
    admission: createAdmission({ slots: SLOTS, maxWaiting: 512 }),
    render: (source, plan, signal) => {
      started++;
      return render(source, plan, signal);
    },
    limits: { maxSide: 5000, allowUpscaling: true, maxDecodedBytes: 2 ** 28, maxLayers: 'half' },
    pool,
    rangesOf: measures.rangesOf,
    descriptions: { rights: '', extra: {}, onDamagedSidecar: () => undefined },
    fingerprint: 'test',
  });
  return { images, started: () => started };
}

/** The whole picture at some width. */
function exportOf(width: number): ImageRequest {
  return {
    identifier: parseIdentifier('a.tif'),
    region: { kind: 'full' },
    scale: { kind: 'width', pixels: width },
    upscale: true,
    oversize: 'refuse',
    rotation: UPRIGHT,
    quality: 'default',
    format: { type: 'jpeg' },
  };
}

const ask = (images: ImageService, request: ImageRequest, signal = new AbortController().signal) =>
  images.render(request, { signal, isFresh: () => false });

describe('the image service', () => {
  it('renders once for 200 callers with the same wish', async () => {
    const { images, started } = await createCounted();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(images, exportOf(400))));
    assert.equal(started(), 1);
    assert.equal(new Set(answers.map(({ image }) => image)).size, 1);
    await ask(images, exportOf(400));
    assert.equal(started(), 1);
  });

  it('goes on for 199 when the one who asked first leaves', async () => {
    const { images, started } = await createCounted();
    const leader = new AbortController();
    const first = ask(images, exportOf(1500), leader.signal);
    const others = Array.from({ length: 199 }, () => ask(images, exportOf(1500)));
    leader.abort();
    await assert.rejects(first, { name: 'AbortError' });
    for (const answer of await Promise.all(others)) assert.ok(answer.image);
    assert.equal(started(), 1);
  });

  it('starts no more than its slots for 200 callers who leave at once, and serves the next', async () => {
    const { images, started } = await createCounted();
    const clients = Array.from({ length: 200 }, () => new AbortController());
    const abandoned = clients.map(({ signal }, index) => ask(images, exportOf(1000 + index), signal));
    while (started() === 0) await new Promise(setImmediate);
    for (const client of clients) client.abort();
    const outcomes = await Promise.allSettled(abandoned);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    assert.ok((await ask(images, exportOf(100))).image);
    assert.ok(started() <= SLOTS + 1, `${started()} were started`);
  });

  it('does nothing for a client whose copy is fresh', async () => {
    const { images, started } = await createCounted();
    const { signal } = new AbortController();
    const answer = await images.render(exportOf(300), { signal, isFresh: () => true });
    assert.equal(answer.image, undefined);
    assert.equal(started(), 0);
  });

  it('takes from Redis what another process has rendered, and renders itself while Redis is stopped', async () => {
    const redis = await startRedis();
    const open = () => createRedisCache({ url: redis.url, prefix: 't:', ttlSeconds: 60, onChange: () => undefined });
    const caches = [open(), open(), open()];
    const [first, second, third] = await Promise.all(caches.map((cache) => createCounted(cache)));
    assert.ok(first && second && third);
    const rendered = await untilShared(first.images, caches[0]);
    const shared = await ask(second.images, exportOf(500));
    assert.deepEqual(Uint8Array.from(shared.image?.body ?? []), Uint8Array.from(rendered));
    assert.equal(second.started(), 0);
    redis.freeze();
    assert.ok((await ask(third.images, exportOf(500))).image);
    assert.equal(third.started(), 1);
    redis.thaw();
    for (const cache of caches) await cache.close();
    await redis.kill();
  });
});

/** Renders until the image has arrived in the shared cache: nobody waits for a write. */
async function untilShared(images: ImageService, shared: SharedCache | undefined): Promise<Uint8Array> {
  const { validators, image } = await ask(images, exportOf(500));
  assert.ok(image && shared);
  while (!(await shared.get(validators.etag))) {
    shared.set(validators.etag, image);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return image.body;
}
