import type { FastifyInstance } from 'fastify';
import { createBufferPool } from '../codecs/buffer-pool.ts';
import { createDecodeTools, type DecodeTools } from '../codecs/decode-tools.ts';
import { createDecodeWatch, type DecodeWatch } from '../codecs/decode-watch.ts';
import { loadDecoderModules } from '../codecs/decoder-modules.ts';
import { createEncoders } from '../codecs/encode/create-encoders.ts';
import { loadTurbo } from '../codecs/jpeg/turbo.ts';
import { createMeasures, type Measures } from '../codecs/measures.ts';
import { createOutgoing } from '../codecs/metadata/outgoing.ts';
import { SOURCE_FORMATS } from '../codecs/open-source.ts';
import { prepareSharp } from '../codecs/prepare-sharp.ts';
import { createRender, type Render } from '../codecs/render.ts';
import { createResize } from '../codecs/resize.ts';
import type { Watermark } from '../codecs/watermark/watermark.ts';
import type { Config } from '../config/config.ts';
import type { ImageService } from '../image/service.ts';
import { createAdmission } from './admission.ts';
import { createMemoryCache, type MemoryCache } from './cache/memory-cache.ts';
import type { SharedCache } from './cache/shared-cache.ts';
import { createSourcePool, type SourcePool } from './cache/source-pool.ts';
import type { BuildOrder, BuildState } from './derivatives/build-order.ts';
import { createDerivatives } from './derivatives/derivatives.ts';
import { fingerprintOf } from './fingerprint.ts';
import { createHttpServer } from './http-server.ts';
import { idleFileLimit } from './idle-file-limit.ts';
import { createImageService } from './image-service.ts';
import type { Log } from './logging/log.ts';
import { type OpenedWatermark, openWatermark } from './open-watermark.ts';
import { findRoots, type ImageRoots } from './sources/open-confined.ts';
import { type Opening, openImage } from './sources/opened-source.ts';

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

/** How many requests may wait for a decoder; more are told to come back. */
const MOST_WAITING = 512;

/**
 * Puts the parts together; nothing else knows how they are made.
 *
 * @throws DecoderModuleProblem, StartFailure
 */
export async function createApp({ config, log, onBuild, watch = createDecodeWatch() }: AppNeeds): Promise<Application> {
  const roots = await findImageRoots(config);
  prepareSharp();
  const tools = { ...createDecodeTools(createBufferPool(), config.threads, config.limits.maxDecodedBytes), watch };
  const marked = await openWatermark(config.watermark, tools.takeTurn);
  const formats = [...SOURCE_FORMATS, ...(await loadDecoderModules(config.files.decoderModules))];
  const memory = createMemoryCache(config.caches.imageBytes);
  const folder = config.derivatives?.folder;
  const derivatives = folder ? createDerivatives({ folder, tools, log, request: onBuild }) : undefined;
  const { orientation } = config.files;
  const sources = createSources(config, { roots, tools, formats, derivatives, orientation });
  const shared = await openSharedCache(config, log);
  const images = createImages({ config, log, tools, marked, sources, memory, shared });
  let building: BuildState | undefined;
  const app = await createHttpServer({ config, images, log, roots, buildState: () => building });
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

async function findImageRoots({ files }: Config): Promise<ImageRoots> {
  return {
    roots: await findRoots(files.roots),
    suffix: Buffer.from(files.suffix),
    sequencePattern: Buffer.from(files.sequencePattern),
  };
}

function createSources({ caches }: Config, opening: Opening): SourcePool {
  return createSourcePool({
    open: (address) => openImage(address, opening),
    maxIdle: Math.min(caches.sourceCount, idleFileLimit()),
    checkIntervalMs: caches.checkIntervalMs,
  });
}

/** The client is loaded only where there is something to connect to: it would take a sixth of the start. */
async function openSharedCache({ caches }: Config, log: Log): Promise<SharedCache | undefined> {
  if (!caches.redis) return undefined;
  const { createRedisCache } = await import('./cache/redis-cache.ts');
  return createRedisCache({ ...caches.redis, onChange: tellRedis(log) });
}

function tellRedis(log: Log): (isAvailable: boolean) => void {
  return (isAvailable) =>
    isAvailable ? log.info('Redis answers again') : log.error('Redis does not answer: going on without it');
}

interface ImagesNeeds {
  readonly config: Config;
  readonly log: Log;
  readonly tools: DecodeTools;
  readonly marked: OpenedWatermark | undefined;
  readonly sources: SourcePool;
  readonly memory: MemoryCache;
  readonly shared: SharedCache | undefined;
}

function createImages({ config, log, tools, marked, sources, memory, shared }: ImagesNeeds): ImageService {
  const measures = createMeasures(tools);
  return createImageService({
    sources,
    memory,
    shared,
    admission: createAdmission({ slots: config.threads + 1, maxWaiting: MOST_WAITING }),
    render: createRenderer({ config, tools, measures, watermark: marked?.watermark }),
    limits: config.limits,
    descriptions: {
      rights: config.metadata.rights,
      extra: config.iiif.extra,
      onDamagedSidecar: (image, reason) => log.error('the description beside an image is left out', { image, reason }),
    },
    pool: tools.pool,
    rangesOf: measures.rangesOf,
    fingerprint: fingerprintOf(config, marked?.identity),
  });
}

interface RendererNeeds {
  readonly config: Config;
  readonly tools: DecodeTools;
  readonly measures: Measures;
  readonly watermark: Watermark | undefined;
}

function createRenderer({ config, tools, measures, watermark }: RendererNeeds): Render {
  return createRender({
    encoders: createEncoders(config.encoding, { ...tools, turbo: loadTurbo(), jpeg2000: tools.jpeg2000.codec }),
    pool: tools.pool,
    resize: createResize(tools),
    takeTurn: tools.takeTurn,
    measures,
    interpolation: config.limits.interpolation,
    depth: config.encoding.depth,
    passthrough: config.encoding.passthrough,
    colour: config.metadata.colour,
    outgoing: createOutgoing(config.metadata),
    watermark,
  });
}
