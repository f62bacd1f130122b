import { hash } from 'node:crypto';
import type { BufferPool } from '../codecs/buffer-pool.ts';
import type { Render } from '../codecs/render.ts';
import type { RangesOf } from '../codecs/sample-ranges.ts';
import { createSingleFlight, type SingleFlight } from '../codecs/single-flight.ts';
import { bytesPerPixel } from '../image/budget.ts';
import { canonicalOf } from '../image/canonical.ts';
import { SourceChanged } from '../image/errors.ts';
import { turnedSize } from '../image/orientation.ts';
import { planRender } from '../image/plan.ts';
import { type ImageRequest, operationKey, type ResolvedRequest } from '../image/request.ts';
import { type Limits, resolve } from '../image/resolve.ts';
import type {
  Caller,
  CallOptions,
  EncodedImage,
  ImageAnswer,
  ImageDescription,
  ImageService,
  WantedImage,
} from '../image/service.ts';
import type { ImageSource } from '../image/source.ts';
import type { Admission } from './admission.ts';
import type { MemoryCache } from './cache/memory-cache.ts';
import type { SharedCache } from './cache/shared-cache.ts';
import type { SourcePool } from './cache/source-pool.ts';
import { type DescriptionSettings, describeSource } from './describe-source.ts';
import { checkBudget, createReadSamples, whileUnchanged } from './read-samples.ts';
import type { OpenedSource } from './sources/opened-source.ts';
import { forgetPage, type Picture, usePage } from './use-page.ts';

interface Needs {
  readonly sources: SourcePool;
  readonly memory: MemoryCache;
  readonly shared: SharedCache | undefined;
  readonly admission: Admission;
  readonly render: Render;
  readonly limits: Limits;
  /** Where decoded samples are given back. */
  readonly pool: BufferPool;
  readonly rangesOf: RangesOf;
  /** What the operator adds to descriptions. */
  readonly descriptions: Omit<DescriptionSettings, 'limits'>;
  /** Tells settings apart that change pixels or encoding, so that no cache mixes their images. */
  readonly fingerprint: string;
}

/** One image to make, and the name it has in every cache shared with others. */
interface Job {
  readonly opened: OpenedSource;
  /** The page wanted of what was opened. */
  readonly source: ImageSource;
  readonly resolved: ResolvedRequest;
  readonly etag: string;
}

/** A request as far as it is known without waiting. */
interface Settled {
  readonly key: string;
  readonly job: Job;
  readonly cached: EncodedImage | undefined;
}

/** What all requests have in common. */
interface Means extends Needs {
  readonly flights: SingleFlight<EncodedImage>;
  readonly described: WeakMap<ImageSource, ImageDescription>;
}

/** The one way every request goes: open, resolve, look in the caches, plan, render, keep. */
export function createImageService(needs: Needs): ImageService {
  const { sources } = needs;
  const means: Means = { ...needs, flights: createSingleFlight(), described: new WeakMap() };
  const readSamples = createReadSamples(needs);
  return {
    render: (request, options) =>
      useUnchanged(sources, request, options, (picture) => answer(means, picture, request, options)),
    describe: (identifier, caller, page) =>
      usePage(sources, { identifier, page }, caller, (picture) => describe(means, picture)),
    lend: (wanted, caller, work) =>
      useUnchanged(sources, wanted, caller, async (picture) => {
        const description = await describe(means, picture);
        return work({
          description,
          render: (request) => imageOf(means, settle(means, picture, request), caller),
          ...readSamples(picture, caller, wanted.layers),
        });
      }),
  };
}

/** Once more from the start, on the new file, when one was replaced meanwhile. */
async function useUnchanged<T>(
  sources: SourcePool,
  wanted: WantedImage,
  caller: Caller,
  work: (picture: Picture) => Promise<T>,
): Promise<T> {
  const attempt = () => usePage(sources, wanted, caller, work);
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SourceChanged)) throw error;
    forgetPage(sources, wanted);
    return attempt();
  }
}

async function answer(
  means: Means,
  picture: Picture,
  request: ImageRequest,
  options: CallOptions,
): Promise<ImageAnswer> {
  const settled = settle(means, picture, request);
  const { opened, source, resolved, etag } = settled.job;
  const validators = { etag, lastModified: opened.lastModified };
  const canonical = () => canonicalOf(resolved, source, means.limits);
  if (options.isFresh(validators)) return { validators, resolved, canonical, image: undefined };
  return { validators, resolved, canonical, image: await imageOf(means, settled, options) };
}

function settle({ memory, limits, fingerprint }: Means, picture: Picture, request: ImageRequest): Settled {
  const { opened, source, page } = picture;
  const settled = resolve(request, source, limits);
  const resolved = page === 0 ? settled : { ...settled, page };
  const operation = operationKey(resolved);
  const key = `${opened.identity}|${operation}`;
  const cached = memory.get(key);
  const etag = cached?.etag ?? etagOf(fingerprint, opened, operation);
  return { key, job: { opened, source, resolved, etag }, cached: cached?.image };
}

async function imageOf(means: Means, { key, job, cached }: Settled, caller: Caller): Promise<EncodedImage> {
  if (cached) return cached;
  const image = await means.flights.run(key, caller.signal, (signal) => produce(means, job, signal));
  means.memory.set(key, { etag: job.etag, image });
  return image;
}

/** From the shared cache, else rendered. The job holds the source itself: whoever asked first may leave. */
async function produce(means: Means, job: Job, signal: AbortSignal): Promise<EncodedImage> {
  const { shared, admission } = means;
  job.opened.retain();
  try {
    const known = shared && (await shared.get(job.etag));
    if (known) return known;
    const image = await admission.run(signal, () => renderUnchanged(means, job, signal));
    shared?.set(job.etag, image);
    return image;
  } finally {
    job.opened.release();
  }
}

async function renderUnchanged({ render, limits }: Means, job: Job, signal: AbortSignal): Promise<EncodedImage> {
  const { opened, source, resolved } = job;
  const plan = planRender(resolved, source.levels, source.layout);
  const turned = turnedSize(plan.size, plan.rotation);
  const pixels = Math.max(plan.read.width * plan.read.height, turned.width * turned.height);
  checkBudget(pixels * bytesPerPixel(source.layout, plan.operations), limits.maxDecodedBytes);
  return whileUnchanged(opened, () => render(source, plan, signal));
}

async function describe(means: Means, picture: Picture): Promise<ImageDescription> {
  const { described, descriptions, limits, fingerprint } = means;
  const known = described.get(picture.source);
  if (known) return known;
  const etag = etagOf(fingerprint, picture.opened, 'description');
  const description = await describeSource(picture, etag, { limits, ...descriptions });
  described.set(picture.source, description);
  return description;
}

/** The same on every machine that serves the same image with the same settings. */
function etagOf(fingerprint: string, opened: OpenedSource, operation: string): string {
  const key = `${fingerprint}\n${opened.sharedIdentity}\n${operation}`;
  return `"${hash('sha256', key, 'base64url').slice(0, 27)}"`;
}
