import type { Size } from '../image/geometry.ts';
import { padTo } from '../image/operations/pad.ts';
import { isRecoloured } from '../image/operations.ts';
import type { RenderPlan } from '../image/plan.ts';
import type { Interpolation, OutputDepth } from '../image/request.ts';
import type { EncodedImage } from '../image/service.ts';
import type { ImageSource, PixelLayout } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { convertToSrgb } from './convert-to-srgb.ts';
import { createDisplay } from './display.ts';
import { DEEP_FORMATS, type EncodablePixels, type Encoders, MEDIA_TYPES } from './encode/encoder.ts';
import { createFinish } from './finish.ts';
import type { Measures } from './measures.ts';
import { attach } from './metadata/attach.ts';
import type { Outgoing } from './metadata/outgoing.ts';
import type { Resize } from './resize.ts';
import type { TakeTurn } from './turns.ts';
import type { Watermark } from './watermark/watermark.ts';

/** Carries out a plan on the source it was made for. */
export type Render = (source: ImageSource, plan: RenderPlan, signal: AbortSignal) => Promise<EncodedImage>;

interface RenderTools {
  readonly encoders: Encoders;
  readonly pool: BufferPool;
  readonly resize: Resize;
  readonly takeTurn: TakeTurn;
  readonly measures: Measures;
  readonly interpolation: Interpolation;
  /** Bits of a sample where a request says nothing. */
  readonly depth: OutputDepth;
  /** Whether stored tiles may go out without being encoded again. */
  readonly passthrough: boolean;
  /** Whether RGB goes out in the colours of its profile, or converted to sRGB. */
  readonly colour: 'keep' | 'srgb';
  /** What each image says of itself. */
  readonly outgoing: Outgoing;
  /** What is laid over every picture; no stored tile goes out as it is then. */
  readonly watermark?: Watermark | undefined;
}

export function createRender(tools: RenderTools): Render {
  const { encoders, pool, resize, interpolation, depth, passthrough, colour, outgoing, watermark } = tools;
  const display = createDisplay(tools.measures);
  const finish = createFinish({ ...tools.measures, interpolation, takeTurn: tools.takeTurn, watermark });

  async function draw(source: ImageSource, plan: RenderPlan, signal: AbortSignal): Promise<EncodedImage> {
    const { level, window, read, layers, operations } = plan;
    const area = { ...window, x: window.x - read.x, y: window.y - read.y };
    const look = { sample: sampleOf(plan, source.layout, depth), operations, area, signal };
    const shown = await display(source, await source.read(level, read, signal, layers), look);
    const resized = await resize(shown, plan.size, { interpolation, signal });
    try {
      signal.throwIfAborted();
      const profile = await conversionOf(source, plan);
      const turns = { takeTurn: tools.takeTurn, signal };
      const coloured = profile ? await convertToSrgb(resized, profile, turns) : resized;
      const finished = await finish(coloured, { source, plan, signal });
      const form = { ...plan.format, significantBits: source.layout.bitsPerSample };
      const laid = plan.canvas ? padTo(finished, plan.canvas, marginOf(finished, plan)) : finished;
      const body = await encoders[plan.format.type](laid, form, signal);
      return { mediaType: MEDIA_TYPES[plan.format.type], body };
    } finally {
      pool.give(resized.data);
    }
  }

  /** The profile that pixels have to be converted by; undefined where they stay as they are. */
  async function conversionOf(source: ImageSource, { operations }: RenderPlan): Promise<Uint8Array | undefined> {
    const isByProfile = colour === 'srgb' && source.layout.photometric === 'rgb' && !isRecoloured(operations);
    return isByProfile ? source.profile() : undefined;
  }

  return async (source, plan, signal) => {
    const metadata = await outgoing(source, plan);
    const isAsStored = passthrough && !watermark && !(await conversionOf(source, plan));
    const stored = isAsStored ? await storedTile(source, plan, signal) : undefined;
    const image = stored ?? (await draw(source, plan, signal));
    const { type } = plan.format;
    const body = await attach(image.body, { type, metadata }, { takeTurn: tools.takeTurn, signal });
    return { mediaType: image.mediaType, body };
  };
}

/** Side of the blocks that JPEG mixes colours in, when it stores them at half the resolution. */
const JPEG_BLOCK = 16;

/** What has to go on beside a picture so that JPEG mixes nothing else into it; a decoder looks one such pixel further. */
function marginOf({ width, height }: Size, { format }: RenderPlan): Size {
  if (format.type !== 'jpeg') return { width: 0, height: 0 };
  const beyond = (side: number) => Math.ceil((side + 2) / JPEG_BLOCK) * JPEG_BLOCK - side;
  return { width: beyond(width), height: beyond(height) };
}

/** What the samples of an output are at most: more than bytes only where they are wanted, stored, and its format has them. */
function sampleOf(
  { format, quality }: RenderPlan,
  { bitsPerSample }: PixelLayout,
  byDefault: OutputDepth,
): EncodablePixels['sample'] {
  const isDeep = (format.depth ?? byDefault) === 'native' && bitsPerSample > 8 && DEEP_FORMATS.includes(format.type);
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
