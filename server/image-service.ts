import { createHash } from 'node:crypto';
import type { Render } from '../codecs/render.ts';
import { bytesPerPixel } from '../image/budget.ts';
import { canonicalOf } from '../image/canonical.ts';
import { CorruptSource, RequestOverBudget, SourceChanged } from '../image/errors.ts';
import { turnedSize } from '../image/orientation.ts';
import { planRender, type RenderPlan } from '../image/plan.ts';
import { type ImageRequest, operationKey, type ResolvedRequest } from '../image/request.ts';
import { type Limits, resolve } from '../image/resolve.ts';
import type { CallOptions, EncodedImage, ImageAnswer, ImageDescription, ImageService } from '../image/service.ts';
import type { ImageSource, PixelLayout } from '../image/source.ts';
import type { Admission } from './admission.ts';
import type { MemoryCache } from './cache/memory-cache.ts';
import type { SharedCache } from './cache/shared-cache.ts';
import { createSingleFlight } from './cache/single-flight.ts';
import type { SourcePool } from './cache/source-pool.ts';
import { type DescriptionSettings, describeSource } from './describe-source.ts';
import type { OpenedSource } from './sources/opened-source.ts';
import { forgetPage, type Picture, usePage } from './use-page.ts';

interface Needs {
  readonly sources: SourcePool;
  readonly memory: MemoryCache;
  readonly shared: SharedCache | undefined;
  readonly admission: Admission;
  readonly render: Render;
  readonly limits: Limits;
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

/** The one way every request goes: open, resolve, look in the caches, plan, render, keep. */
export function createImageService({
  sources,
  memory,
  shared,
  admission,
  render,
  limits,
  descriptions: settings,
  fingerprint,
}: Needs): ImageService {
  const flights = createSingleFlight<EncodedImage>();
  const descriptions = new WeakMap<ImageSource, ImageDescription>();

  async function answer(picture: Picture, request: ImageRequest, options: CallOptions): Promise<ImageAnswer> {
    const { opened, source, page } = picture;
    const settled = resolve(request, source, limits);
    const resolved = page === 0 ? settled : { ...settled, page };
    const operation = operationKey(resolved);
    const key = `${opened.identity}|${operation}`;
    const cached = memory.get(key);
    const etag = cached?.etag ?? etagOf(fingerprint, opened, operation);
    const validators = { etag, lastModified: opened.lastModified };
    const canonical = () => canonicalOf(resolved, source, limits);
    if (options.isFresh(validators)) return { validators, resolved, canonical, image: undefined };
    if (cached) return { validators, resolved, canonical, image: cached.image };
    const image = await flights.run(key, options.signal, (signal) =>
      produce({ opened, source, resolved, etag }, signal),
    );
    memory.set(key, { etag, image });
    return { validators, resolved, canonical, image };
  }

  /** From the shared cache, else rendered. The job holds the source itself: whoever asked first may leave. */
  async function produce(job: Job, signal: AbortSignal): Promise<EncodedImage> {
    job.opened.retain();
    try {
      const known = await shared?.get(job.etag);
      if (known) return known;
      const image = await admission.run(signal, () => renderUnchanged(job, signal));
      shared?.set(job.etag, image);
      return image;
    } finally {
      job.opened.release();
    }
  }

  async function renderUnchanged({ opened, source, resolved }: Job, signal: AbortSignal): Promise<EncodedImage> {
    const plan = planRender(resolved, source.levels, source.layout);
    checkBudget(plan, source.layout, limits.maxDecodedBytes);
    try {
      const image = await render(source, plan, signal);
      await checkUnchanged(opened);
      return image;
    } catch (error) {
      if (error instanceof CorruptSource) await checkUnchanged(opened); // not damaged, but caught while being replaced
      throw error;
    }
  }

  return {
    async render(request, options) {
      const attempt = () => usePage(sources, request, options, (picture) => answer(picture, request, options));
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof SourceChanged)) throw error;
        forgetPage(sources, request);
        return attempt();
      }
    },
    describe(identifier, caller, page) {
      return usePage(sources, { identifier, page }, caller, async (picture) => {
        const known = descriptions.get(picture.source);
        if (known) return known;
        const etag = etagOf(fingerprint, picture.opened, 'description');
        const description = await describeSource(picture, etag, { limits, ...settings });
        descriptions.set(picture.source, description);
        return description;
      });
    },
  };
}

/** @throws SourceChanged, so that no image is made of old and new bytes mixed */
async function checkUnchanged(opened: OpenedSource): Promise<void> {
  if (!(await opened.isUnchanged())) throw new SourceChanged();
}

/** @throws RequestOverBudget */
function checkBudget({ window, size, rotation }: RenderPlan, layout: PixelLayout, maxDecodedBytes: number): void {
  const turned = turnedSize(size, rotation);
  const pixels = Math.max(window.width * window.height, turned.width * turned.height);
  const needed = pixels * bytesPerPixel(layout);
  if (needed > maxDecodedBytes) throw new RequestOverBudget(needed, maxDecodedBytes);
}

/** The same on every machine that serves the same image with the same settings. */
function etagOf(fingerprint: string, opened: OpenedSource, operation: string): string {
  const key = `${fingerprint}\n${opened.sharedIdentity}\n${operation}`;
  return `"${createHash('sha256').update(key).digest('base64url').slice(0, 27)}"`;
}
