import type { Rect, Size } from '../../image/geometry.ts';
import type { LentImage } from '../../image/service.ts';
import type { PixelBuffer, SampleRange } from '../../image/source.ts';

const BINS = 256;

/** Longest side of the part of the coarsest level that is counted, in pixels. */
const LONGEST_SIDE = 512;

/** How often samples occur in one band, from its black to its white in equal steps; what lies beyond counts at the ends. */
interface BandHistogram extends SampleRange {
  readonly counts: readonly number[];
}

/** The histogram of each band as JSON, counted in the middle of the coarsest level. */
export async function histogramDocument(image: LentImage): Promise<string> {
  const { levels } = image.description;
  const coarsest = levels[levels.length - 1] ?? levels[0];
  const ranges = await image.ranges();
  const histograms = await image.readSamples(coarsest, middleOf(coarsest), (pixels) =>
    ranges.map((range, band) => histogramOf(pixels, band, range)),
  );
  return JSON.stringify(histograms);
}

function middleOf({ width, height }: Size): Rect {
  const size = { width: Math.min(width, LONGEST_SIDE), height: Math.min(height, LONGEST_SIDE) };
  return { x: Math.floor((width - size.width) / 2), y: Math.floor((height - size.height) / 2), ...size };
}

/** What is no number is not counted. */
function histogramOf({ data, bands }: PixelBuffer, band: number, { min, max }: SampleRange): BandHistogram {
  const counts = new Array<number>(BINS).fill(0);
  const scale = BINS / (max - min);
  for (let at = band; at < data.length; at += bands) {
    const bin = Math.min(Math.max(Math.floor((Number(data[at]) - min) * scale), 0), BINS - 1);
    if (bin >= 0) counts[bin] = Number(counts[bin]) + 1;
  }
  return { min, max, counts };
}
