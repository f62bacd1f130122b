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

/** The lowest and the highest sample of a band so far: the other way round until there is one. */
export type MeasuredRange = SampleRange;

export const NOTHING_MEASURED: MeasuredRange = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

/** The ranges of all bands with some more pixels of the image. */
export function widenedBy(ranges: readonly MeasuredRange[], { data, bands }: PixelBuffer): MeasuredRange[] {
  return ranges.map((range, band) => widenedByBand(range, data, { band, bands }));
}

/** No number and infinity are no samples. */
function widenedByBand(
  { min, max }: MeasuredRange,
  data: PixelBuffer['data'],
  { band, bands }: { band: number; bands: number },
): MeasuredRange {
  let low = min;
  let high = max;
  for (let index = band; index < data.length; index += bands) {
    const sample = Number(data[index]);
    if (sample < low && sample > Number.NEGATIVE_INFINITY) low = sample;
    if (sample > high && sample < Number.POSITIVE_INFINITY) high = sample;
  }
  return { min: low, max: high };
}

/**
 * What is black and white by what was measured of each band, all colours of RGB together so that they keep their balance;
 * opacity has the range of its type.
 */
export function rangesFrom(ranges: readonly MeasuredRange[], layout: PixelLayout): SampleRange[] {
  const opaque = typeRanges(layout);
  const colours = layout.photometric === 'rgb' ? 3 : 1;
  const alpha = layout.hasAlpha ? colours : -1;
  const measured = opaque.map((range, band) => (band === alpha ? range : usable(ranges[band] ?? NOTHING_MEASURED)));
  if (layout.photometric !== 'rgb') return measured;
  const joint = {
    min: Math.min(...measured.slice(0, 3).map(({ min }) => min)),
    max: Math.max(...measured.slice(0, 3).map(({ max }) => max)),
  };
  return measured.map((range, band) => (band < 3 ? joint : range));
}

/** Nothing but missing samples, or the same one everywhere: black. */
function usable({ min, max }: SampleRange): SampleRange {
  if (min > max) return { min: 0, max: 1 };
  return min === max ? { min, max: min + 1 } : { min, max };
}
