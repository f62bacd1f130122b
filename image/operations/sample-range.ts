import type { PixelBuffer, PixelLayout, SampleRange } from '../source.ts';

/** The values that integers of each type end at; real numbers have no end, but opacity ends at 1. */
const LARGEST: Readonly<Record<PixelBuffer['sample'], number>> = {
  uint8: 255,
  uint16: 65_535,
  uint32: 4_294_967_295,
  float32: 1,
};

/** The same range for every band: all that the type of the samples can hold. */
export function typeRanges(layout: Pick<PixelLayout, 'bands' | 'sample'>): SampleRange[] {
  const max = LARGEST[layout.sample ?? 'uint8'];
  return Array.from({ length: layout.bands }, () => ({ min: 0, max }));
}

/** Whether so wide a type says nothing about how dark the darkest and how light the lightest pixel is. */
export function needsMeasuring({ sample, photometric }: PixelLayout): boolean {
  return (sample === 'uint32' || sample === 'float32') && (photometric === 'gray' || photometric === 'rgb');
}

/**
 * The lowest and the highest sample of each band in some windows of an image, all colours of RGB together so that they keep
 * their balance; opacity has the range of its type.
 */
export function measureRanges(windows: readonly PixelBuffer[], layout: PixelLayout): SampleRange[] {
  const opaque = typeRanges(layout);
  const colours = layout.photometric === 'rgb' ? 3 : 1;
  const alpha = layout.hasAlpha ? colours : -1;
  const measured = opaque.map((range, band) => (band === alpha ? range : usable(rangeOf(windows, band))));
  if (layout.photometric !== 'rgb') return measured;
  const joint = {
    min: Math.min(...measured.slice(0, 3).map(({ min }) => min)),
    max: Math.max(...measured.slice(0, 3).map(({ max }) => max)),
  };
  return measured.map((range, band) => (band < 3 ? joint : range));
}

function rangeOf(windows: readonly PixelBuffer[], band: number): SampleRange {
  let range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (const { data, bands } of windows) range = widenedBy(range, data, { band, bands });
  return range;
}

/** No number and infinity are no samples. */
function widenedBy(
  { min, max }: SampleRange,
  data: PixelBuffer['data'],
  { band, bands }: { band: number; bands: number },
): SampleRange {
  let low = min;
  let high = max;
  for (let index = band; index < data.length; index += bands) {
    const sample = Number(data[index]);
    if (sample < low && sample > Number.NEGATIVE_INFINITY) low = sample;
    if (sample > high && sample < Number.POSITIVE_INFINITY) high = sample;
  }
  return { min: low, max: high };
}

/** Nothing but missing samples, or the same one everywhere: black. */
function usable({ min, max }: SampleRange): SampleRange {
  if (min > max) return { min: 0, max: 1 };
  return min === max ? { min, max: min + 1 } : { min, max };
}
