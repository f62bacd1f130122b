import cors from '@fastify/cors';
import Fastify, { type FastifyInstance } from 'fastify';
import { createBufferPool } from '../codecs/buffer-pool.ts';
import { createDecodeTools } from '../codecs/decode-tools.ts';
import { createDecodeWatch, type DecodeWatch } from '../codecs/decode-watch.ts';
import { loadDecoderModules } from '../codecs/decoder-modules.ts';
import { createEncoders } from '../codecs/encode/create-encoders.ts';
import { loadTurbo } from '../codecs/jpeg/turbo.ts';
import { createMeasures } from '../codecs/measures.ts';
import { createOutgoing } from '../codecs/metadata/outgoing.ts';
import { SOURCE_FORMATS } from '../codecs/open-source.ts';
import { prepareSharp } from '../codecs/prepare-sharp.ts';
import { createRender } from '../codecs/render.ts';
import { createResize } from '../codecs/resize.ts';
import type { Config } from '../config/config.ts';
import type { ImageService } from '../image/service.ts';
import { registerProtocols } from '../protocols/plugin.ts';
import { createPublicAddress } from '../protocols/public-address.ts';
import { createTargets } from '../protocols/target.ts';
import { createTrust } from '../protocols/trusted-peers.ts';
import { createAdmission } from './admission.ts';
import { createMemoryCache } from './cache/memory-cache.ts';
import type { SharedCache } from './cache/shared-cache.ts';
import { createSourcePool } from './cache/source-pool.ts';
import type { BuildOrder, BuildState } from './derivatives/build-order.ts';
import { createDerivatives } from './derivatives/derivatives.ts';
import { fingerprintOf } from './fingerprint.ts';
import { allowedMethods, createErrorHandler, refuseUnknown, targetTooLong } from './http-errors.ts';
import { idleFileLimit } from './idle-file-limit.ts';
import { createImageService } from './image-service.ts';
import type { Log } from './logging/log.ts';
import { openWatermark } from './open-watermark.ts';
import { createListImages } from './pages/list-images.ts';
import { pageRouteOf, pages } from './pages/plugin.ts';
import { findRoots, type ImageRoots } from './sources/open-confined.ts';
import { openImage } from './sources/opened-source.ts';

/** `files.roots` are existing folders by now, one at least. */
interface AppNeeds {
  readonly config: Config;
  readonly log: Log;
  /** Told of pyramids that should be built; without it none is. */
  readonly onBuild?: (order: BuildOrder) => void;
  /** Watches over decoders for whoever supervises. */
  readonly watch?: DecodeWatch;
}

/** The HTTP server, not yet listening, and what the process does with it. */
export interface Application {
  readonly app: FastifyInstance;
  emptyCaches(): void;
  /** Says how the building of pyramids stands. */
  showBuilds(state: BuildState): void;
  /** There will be no pyramid of that key. */
  giveUpPyramid(key: string): void;
  close(): Promise<void>;
}

/** Longest request target in bytes. */
const LONGEST_TARGET = 8 * 1024;

/** Paths that URI_MAP leaves alone even where it takes all others. */
const RESERVED_PATHS = ['/assets', '/health'];

/** How many requests may wait for a decoder; more are told to come back. */
const MOST_WAITING = 512;

/**
 * Puts the parts together; nothing else knows how they are made.
 *
 * @throws DecoderModuleProblem, StartFailure
 */
export async function createApp({ config, log, onBuild, watch = createDecodeWatch() }: AppNeeds): Promise<Application> {
  const roots: ImageRoots = {
    roots: await findRoots(config.files.roots),
    suffix: Buffer.from(config.files.suffix),
    sequencePattern: Buffer.from(config.files.sequencePattern),
  };
  prepareSharp();
  const pool = createBufferPool();
  const tools = { ...createDecodeTools(pool, config.threads, config.limits.maxDecodedBytes), watch };
  const measures = createMeasures(tools);
  const marked = await openWatermark(config.watermark, tools.takeTurn);
  const formats = [...SOURCE_FORMATS, ...(await loadDecoderModules(config.files.decoderModules))];
  const memory = createMemoryCache(config.caches.imageBytes);
  const derivatives = config.derivatives?.folder
    ? createDerivatives({ folder: config.derivatives.folder, tools, log, request: onBuild })
    : undefined;
  const sources = createSourcePool({
    open: (address) =>
      openImage(address, { roots, tools, formats, derivatives, orientation: config.files.orientation }),
    maxIdle: Math.min(config.caches.sourceCount, idleFileLimit()),
    checkIntervalMs: config.caches.checkIntervalMs,
  });
  const shared = await openSharedCache(config, log);
  const images = createImageService({
    sources,
    memory,
    shared,
    admission: createAdmission({ slots: config.threads + 1, maxWaiting: MOST_WAITING }),
    render: createRender({
      encoders: createEncoders(config.encoding, { ...tools, turbo: loadTurbo(), jpeg2000: tools.jpeg2000.codec }),
      pool,
      resize: createResize(tools),
      takeTurn: tools.takeTurn,
      measures,
      interpolation: config.limits.interpolation,
      depth: config.encoding.depth,
      passthrough: config.encoding.passthrough,
      colour: config.metadata.colour,
      outgoing: createOutgoing(config.metadata),
      watermark: marked?.watermark,
    }),
    limits: config.limits,
    descriptions: {
      rights: config.metadata.rights,
      extra: config.iiif.extra,
      onDamagedSidecar: (image, reason) => log.error('the description beside an image is left out', { image, reason }),
    },
    pool,
    rangesOf: measures.rangesOf,
    fingerprint: fingerprintOf(config, marked?.identity),
  });
  let building: BuildState | undefined;
  const app = await createServer({ config, images, log, roots, buildState: () => building });
  const emptyCaches = () => {
    memory.clear();
    sources.clear();
  };
  return {
    app,
    emptyCaches,
    showBuilds: (state) => {
      building = state;
    },
    giveUpPyramid: (key) => derivatives?.giveUp(key),
    close: async () => {
      await app.close();
      emptyCaches();
      await shared?.close();
    },
  };
}

interface ServerNeeds {
  readonly config: Config;
  readonly images: ImageService;
  readonly log: Log;
  readonly roots: ImageRoots;
  readonly buildState: () => BuildState | undefined;
}

/** The client is loaded only where there is something to connect to: it would take a sixth of the start. */
async function openSharedCache({ caches }: Config, log: Log): Promise<SharedCache | undefined> {
  if (!caches.redis) return undefined;
  const { createRedisCache } = await import('./cache/redis-cache.ts');
  return createRedisCache({ ...caches.redis, onChange: tellRedis(log) });
}

async function createServer(needs: ServerNeeds): Promise<FastifyInstance> {
  const { config, images, log, roots, buildState } = needs;
  const targets = createTargets(config.http.uriMap, RESERVED_PATHS);
  const app = Fastify({
    rewriteUrl: (request) => pageRouteOf(request) ?? targets.routeOf(request.url ?? '/'),
    frameworkErrors: createErrorHandler(log),
    bodyLimit: LONGEST_TARGET,
    http: { maxHeaderSize: 16 * 1024 },
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000, // longer than a proxy's own, or it meets closed connections
    return503OnClosing: false,
  });
  app.server.headersTimeout = 10_000;
  app.setErrorHandler(createErrorHandler(log));
  app.setNotFoundHandler(refuseUnknown);
  await allowOrigins(app, config.http.cors); // before anything that may refuse a request
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done(request.originalUrl.length > LONGEST_TARGET ? targetTooLong(LONGEST_TARGET) : undefined);
  });
  if (config.log.verbosity >= 2) logRequests(app, log);
  const { cacheControl, baseUrl, trustedProxies, deepZoomOverlap } = config.http;
  const isTrusted = trustedProxies.length > 0 ? createTrust(trustedProxies) : undefined;
  const listImages = createListImages({ roots, images, buildState });
  const publicAddress = createPublicAddress({ baseUrl, isTrusted });
  await registerProtocols(app, {
    images,
    listImages,
    targets,
    cacheControl,
    iiif: config.iiif,
    deepZoomOverlap,
    publicAddress,
  });
  const { pageDelimiter } = config.iiif;
  await app.register(pages, { listImages, images, buildState, publicAddress, pageDelimiter });
  app.get('/health/live', async () => 'alive\n');
  app.get('/health/ready', async () => 'ready\n');
  return app;
}

async function allowOrigins(app: FastifyInstance, allowed: Config['http']['cors']): Promise<void> {
  if (allowed === 'off') {
    app.options('*', (request, reply) => reply.code(204).header('allow', allowedMethods(request)).send());
    return;
  }
  const origin = allowed === '*' ? '*' : [...allowed];
  await app.register(cors, {
    origin,
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
    exposedHeaders: ['Link'],
    maxAge: 86_400,
    strictPreflight: false,
  });
}

/** One line for each answer, also for those that nobody waited for. */
function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      log.request({
        id: request.id,
        method: request.method,
        url: request.originalUrl,
        status: reply.raw.statusCode,
        bytes: Number(reply.raw.getHeader('content-length') ?? 0),
        ms: Math.round(reply.elapsedTime * 1000) / 1000,
        aborted: !reply.raw.writableFinished,
      });
    });
    done();
  });
}

function tellRedis(log: Log): (isAvailable: boolean) => void {
  return (isAvailable) =>
    isAvailable ? log.info('Redis answers again') : log.error('Redis does not answer: going on without it');
}
