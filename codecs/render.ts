import type { Rect } from '../image/geometry.ts';
import { toEightBits } from '../image/operations/eight-bits.ts';
import { toGrayscale } from '../image/operations/grayscale.ts';
import { padTo } from '../image/operations/pad.ts';
import { applyThreshold, histogramOf, otsuThreshold } from '../image/operations/threshold.ts';
import type { RenderPlan } from '../image/plan.ts';
import type { Interpolation, OutputDepth } from '../image/request.ts';
import type { EncodedImage } from '../image/service.ts';
import type { ImageSource } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { convertToSrgb } from './convert-to-srgb.ts';
import { createDisplay, type Display } from './display.ts';
import { DEEP_FORMATS, type EncodablePixels, type Encoders, MEDIA_TYPES } from './encode/encoder.ts';
import { attach } from './metadata/attach.ts';
import type { Outgoing } from './metadata/outgoing.ts';
import type { Resize } from './resize.ts';
import { turn } from './turn.ts';

/** Carries out a plan on the source it was made for. */
export type Render = (source: ImageSource, plan: RenderPlan, signal: AbortSignal) => Promise<EncodedImage>;

interface RenderTools {
  readonly encoders: Encoders;
  readonly pool: BufferPool;
  readonly resize: Resize;
  readonly interpolation: Interpolation;
  /** Bits of a sample where a request says nothing. */
  readonly depth: OutputDepth;
  /** Whether stored tiles may go out without being encoded again. */
  readonly passthrough: boolean;
  /** Whether RGB goes out in the colours of its profile, or converted to sRGB. */
  readonly colour: 'keep' | 'srgb';
  /** What each image says of itself. */
  readonly outgoing: Outgoing;
}

/** Longest side of the part of the coarsest level that decides what is dark and what is light. */
const THUMBNAIL_SIDE = 1024;

export function createRender(tools: RenderTools): Render {
  const { encoders, pool, resize, interpolation, depth, passthrough, colour, outgoing } = tools;
  const display = createDisplay(pool);
  const thresholds = new WeakMap<ImageSource, Promise<number>>();

  async function draw(source: ImageSource, plan: RenderPlan, signal: AbortSignal): Promise<EncodedImage> {
    const read = await display(source, await source.read(plan.level, plan.window, signal), sampleOf(plan, depth));
    signal.throwIfAborted();
    const resized = await resize(read, plan.size, interpolation);
    signal.throwIfAborted();
    const profile = await conversionOf(source);
    const coloured = profile ? await convertToSrgb(resized, profile) : resized;
    const isSmooth = plan.quality !== 'bitonal' && interpolation !== 'nearest';
    const finished = await turn(await applyQuality(coloured, source, plan), plan.rotation, isSmooth);
    const form = { ...plan.format, significantBits: source.layout.bitsPerSample };
    const laid = plan.canvas ? padTo(finished, plan.canvas) : finished;
    const body = await encoders[plan.format.type](laid, form);
    pool.give(resized.data);
    return { mediaType: MEDIA_TYPES[plan.format.type], body };
  }

  /** The profile that pixels have to be converted by; undefined where they stay as they are. */
  async function conversionOf(source: ImageSource): Promise<Uint8Array | undefined> {
    return colour === 'srgb' && source.layout.photometric === 'rgb' ? source.profile() : undefined;
  }

  async function applyQuality(
    pixels: EncodablePixels,
    source: ImageSource,
    plan: RenderPlan,
  ): Promise<EncodablePixels> {
    const isGray = pixels.bands < 3;
    if (plan.quality === 'color' || (plan.quality === 'gray' && isGray)) return pixels;
    const gray = toGrayscale(pixels);
    return plan.quality === 'gray' ? gray : applyThreshold(toEightBits(gray), await thresholdOf(source));
  }

  /** One threshold for the whole image, so that tiles meet without seams. */
  function thresholdOf(source: ImageSource): Promise<number> {
    const known = thresholds.get(source);
    if (known !== undefined) return known;
    const measured = measureThreshold(source, display);
    thresholds.set(source, measured);
    measured.catch(() => thresholds.delete(source));
    return measured;
  }

  return async (source, plan, signal) => {
    const metadata = await outgoing(source, plan);
    const isAsStored = passthrough && !(await conversionOf(source));
    const stored = isAsStored ? await storedTile(source, plan, signal) : undefined;
    const image = stored ?? (await draw(source, plan, signal));
    return { mediaType: image.mediaType, body: attach(image.body, plan.format.type, metadata) };
  };
}

/** What the samples of an output are at most: more than bytes only where they are wanted and its format has them. */
function sampleOf({ format, quality }: RenderPlan, byDefault: OutputDepth): EncodablePixels['sample'] {
  const isDeep = (format.depth ?? byDefault) === 'native' && DEEP_FORMATS.includes(format.type);
  return isDeep && quality !== 'bitonal' ? 'uint16' : 'uint8';
}

async function storedTile(
  source: ImageSource,
  plan: RenderPlan,
  signal: AbortSignal,
): Promise<EncodedImage | undefined> {
  const { storedTile: cell, format, level } = plan;
  if (!cell || (format.type !== 'jpeg' && format.type !== 'webp')) return undefined;
  const tile = await source.encodedTile(level, cell.column, cell.row, signal);
  return tile?.type === format.type ? { mediaType: MEDIA_TYPES[tile.type], body: tile.bytes } : undefined;
}

async function measureThreshold(source: ImageSource, display: Display): Promise<number> {
  const coarsest = source.levels[source.levels.length - 1] ?? source.levels[0];
  const window = centreOf(coarsest);
  // Shared by every request for this image, so no single client's leaving may end it; it reads one small window.
  const pixels = await display(source, await source.read(coarsest, window, new AbortController().signal), 'uint8');
  return otsuThreshold(histogramOf(toGrayscale(toEightBits(pixels)).data));
}

function centreOf({ width, height }: { width: number; height: number }): Rect {
  const size = { width: Math.min(width, THUMBNAIL_SIDE), height: Math.min(height, THUMBNAIL_SIDE) };
  return { x: Math.floor((width - size.width) / 2), y: Math.floor((height - size.height) / 2), ...size };
}
