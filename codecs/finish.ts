import { equalisingTable, replaceSamples } from '../image/operations/equalise.ts';
import { fillGray, unfilledGray } from '../image/operations/grayscale.ts';
import { applyThreshold, otsuThreshold } from '../image/operations/threshold.ts';
import type { RenderPlan } from '../image/plan.ts';
import type { Interpolation } from '../image/request.ts';
import type { ImageSource } from '../image/source.ts';
import { inEightBits } from './encode/eight-bits.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import type { HistogramOf } from './histograms.ts';
import { eachPart, remake, rowsAtOnce, rowsOf, type Turns } from './parts.ts';
import { turn } from './turn.ts';
import type { TakeTurn } from './turns.ts';
import type { Watermark } from './watermark/watermark.ts';

/** What happens between scaling and encoding: greyscale, binary, equalising, turning and watermark, in this order. */
export type Finish = (
  pixels: EncodablePixels,
  context: { readonly source: ImageSource; readonly plan: RenderPlan; readonly signal: AbortSignal },
) => Promise<EncodablePixels>;

interface FinishNeeds {
  readonly histogramOf: HistogramOf;
  readonly interpolation: Interpolation;
  readonly takeTurn: TakeTurn;
  readonly watermark: Watermark | undefined;
}

/** Pixels of a plan on the way to their tones. */
interface Toning {
  readonly source: ImageSource;
  readonly plan: RenderPlan;
  readonly turns: Turns;
}

export function createFinish({ histogramOf, interpolation, takeTurn, watermark }: FinishNeeds): Finish {
  async function tone(pixels: EncodablePixels, { source, plan, turns }: Toning): Promise<EncodablePixels> {
    const counts = async () => (await histogramOf(source, turns.signal)).counts;
    const gray = plan.quality === 'color' ? pixels : await grayscale(pixels, turns);
    const toned = plan.quality === 'bitonal' ? await binary(gray, otsuThreshold(await counts()), turns) : gray;
    if (plan.operations?.equalise) await equalise(toned, await counts(), turns);
    return toned;
  }

  return async (pixels, { source, plan, signal }) => {
    const turns = { takeTurn, signal };
    const toned = await tone(pixels, { source, plan, turns });
    const isSmooth = plan.quality !== 'bitonal' && interpolation !== 'nearest';
    // Turned with the picture, an anchored watermark comes out as if it were laid over the turned picture itself.
    if (watermark?.isBeforeTurning) await watermark.lay({ pixels: toned, source, plan, signal });
    const turned = await turn(toned, plan.rotation, { isSmooth, takeTurn, signal });
    if (watermark && !watermark.isBeforeTurning) await watermark.lay({ pixels: turned, source, plan, signal });
    return turned;
  };
}

/** Opacity stays what it is. */
async function grayscale(pixels: EncodablePixels, turns: Turns): Promise<EncodablePixels> {
  if (pixels.bands < 3) return pixels;
  return remake(pixels, unfilledGray(pixels), turns, fillGray);
}

/** One threshold for the whole image, so that tiles meet without seams. */
async function binary(gray: EncodablePixels, threshold: number, turns: Turns): Promise<EncodablePixels> {
  const bytes = await inEightBits(gray, turns);
  await eachPart(bytes.height, partingOf(bytes, turns), (rows) => applyThreshold(rowsOf(bytes, rows), threshold));
  return bytes;
}

async function equalise(pixels: EncodablePixels, counts: Uint32Array, turns: Turns): Promise<void> {
  const table = equalisingTable(counts, pixels.sample === 'uint8' ? 255 : 65_535);
  await eachPart(pixels.height, partingOf(pixels, turns), (rows) => replaceSamples(rowsOf(pixels, rows), table));
}

function partingOf({ width }: EncodablePixels, turns: Turns) {
  return { rows: rowsAtOnce(width), ...turns };
}
