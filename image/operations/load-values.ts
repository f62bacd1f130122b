import type { PixelBuffer, SampleRange } from '../source.ts';
import { normaliserOf, widthOf } from './normalise.ts';
import type { PixelSpan } from './processing.ts';
import type { Tone } from './tone.ts';

/** Reads the first bands of some pixels as values that are 0 where they are black and 1 where they are white. */
export type LoadValues = (pixels: PixelBuffer, span: PixelSpan, to: Float64Array) => void;

/** The samples of one band, where their values go, and how far apart both lie. */
interface BandWalk {
  readonly first: number;
  readonly end: number;
  readonly bands: number;
  readonly band: number;
  readonly step: number;
}

type LoadBand = (pixels: PixelBuffer, walk: BandWalk, to: Float64Array) => void;

/**
 * Samples of 8 and 16 bits go through a table for each band, all others are reckoned one by one.
 *
 * @param ranges - of the bands wanted, and of no others
 * @param tone - what is done to each value right after
 */
export function valueLoader(sample: PixelBuffer['sample'], ranges: readonly SampleRange[], tone?: Tone): LoadValues {
  const isTabulated = sample === 'uint8' || sample === 'uint16';
  const shared = new Map<string, LoadBand>(); // bands of one range have one table
  const loaders = ranges.map((range) => {
    const key = `${range.min} ${range.max}`;
    const loader = shared.get(key) ?? (isTabulated ? tableLoader(sample, range, tone) : rangeLoader(range));
    shared.set(key, loader);
    return loader;
  });
  return (pixels, { start, end }, to) => {
    const { bands } = pixels;
    loaders.forEach((load, band) => {
      load(pixels, { first: start * bands + band, end: end * bands, bands, band, step: loaders.length }, to);
    });
    if (tone && !isTabulated) applyTone(tone, to, to);
  };
}

function tableLoader(sample: 'uint8' | 'uint16', range: SampleRange, tone?: Tone): LoadBand {
  const normalise = normaliserOf(range);
  const length = sample === 'uint8' ? 256 : 65_536;
  const table = Float64Array.from({ length }, (_, value) => (tone ? tone(normalise(value)) : normalise(value)));
  return (pixels, walk, to) => {
    if (pixels.sample === 'uint8') loadBytes(pixels.data, table, to, walk);
    else if (pixels.sample === 'uint16') loadShorts(pixels.data, table, to, walk);
  };
}

function rangeLoader(range: SampleRange): LoadBand {
  return (pixels, walk, to) => {
    if (pixels.sample === 'float32') loadFloats(pixels.data, range, to, walk);
    else if (pixels.sample === 'uint32') loadLongs(pixels.data, range, to, walk);
  };
}

/** `to` may be `from` itself. */
export function applyTone(tone: Tone, from: Float64Array, to: Float64Array): void {
  for (let index = 0; index < to.length; index++) to[index] = tone(Number(from[index]));
}

// One loop for each kind of samples: a loop that has met several is several times slower for all of them.

function loadBytes(data: Uint8Array, table: Float64Array, to: Float64Array, walk: BandWalk): void {
  const { first, end, bands, band, step } = walk;
  for (let from = first, at = band; from < end; from += bands, at += step) to[at] = Number(table[Number(data[from])]);
}

function loadShorts(data: Uint16Array, table: Float64Array, to: Float64Array, walk: BandWalk): void {
  const { first, end, bands, band, step } = walk;
  for (let from = first, at = band; from < end; from += bands, at += step) to[at] = Number(table[Number(data[from])]);
}

function loadFloats(data: Float32Array, range: SampleRange, to: Float64Array, walk: BandWalk): void {
  const { first, end, bands, band, step } = walk;
  const { min } = range;
  const width = widthOf(range);
  for (let from = first, at = band; from < end; from += bands, at += step) {
    const sample = Number(data[from]);
    to[at] = sample - sample === 0 ? (sample - min) / width : 0; // neither infinite nor no number
  }
}

function loadLongs(data: Uint32Array, range: SampleRange, to: Float64Array, walk: BandWalk): void {
  const { first, end, bands, band, step } = walk;
  const { min } = range;
  const width = widthOf(range);
  for (let from = first, at = band; from < end; from += bands, at += step) to[at] = (Number(data[from]) - min) / width;
}
