import type { SampleRange } from '../../../image/source.ts';
import type { Directory, TiffFile } from '../directory.ts';
import { reals } from '../tag-values.ts';
import { PHOTOMETRIC, TAG } from '../tags.ts';
import { coloursIn } from './colours.ts';
import type { StoredAlpha, StoredSamples } from './stored-samples.ts';
import { widen } from './unpack-bits.ts';

const MAX_BANDS = 1024;

/**
 * What the file says is black and white, in samples as they are read. Undefined where it says nothing, or nothing that
 * can be: some writers fill the tags with zeros. A white that is missing or 0 is that of the type, if it has one.
 *
 * @throws CorruptSource
 */
export async function readRanges(
  file: TiffFile,
  directory: Directory,
  samples: StoredSamples,
): Promise<readonly SampleRange[] | undefined> {
  const lows = await reals(file, directory, TAG.minSampleValue, MAX_BANDS);
  const highs = await reals(file, directory, TAG.maxSampleValue, MAX_BANDS);
  if (samples.palette || samples.ycbcr) return undefined; // the tags are about what is no longer there
  const white = whiteOf(samples);
  if (highs.length === 0 && (lows.length === 0 || white === 0)) return signedRanges(samples);
  const ranges = Array.from({ length: samples.count }, (_, band) => {
    const min = unpacked(lows[band] ?? lows[0] ?? 0, samples);
    const max = unpacked(highs[band] ?? highs[0] ?? 0, samples) || white;
    return band === 0 && samples.photometric === PHOTOMETRIC.minIsWhite
      ? inverted({ min, max }, samples)
      : { min, max };
  });
  if (!ranges.every(({ min, max }) => max > min)) return signedRanges(samples);
  return samples.alpha ? withAlphaNextToColours(ranges, samples.photometric, samples.alpha) : ranges;
}

/** In the order of bands as they are read. */
function withAlphaNextToColours(ranges: SampleRange[], photometric: number, { behind }: StoredAlpha): SampleRange[] {
  const colours = coloursIn(photometric);
  const [alpha, first] = [ranges[colours + behind], ranges[colours]];
  if (!alpha || !first) return ranges;
  return ranges.with(colours, alpha).with(colours + behind, first);
}

/** Signed numbers are read as real ones, whose own range says nothing. */
function signedRanges({ kind, depth, count }: StoredSamples): SampleRange[] | undefined {
  if (kind !== 'signed' || depth > 16) return undefined;
  return Array.from({ length: count }, () => ({ min: -(2 ** (depth - 1)), max: 2 ** (depth - 1) - 1 }));
}

/** A stored value as it comes out of unpacking. */
function unpacked(stored: number, { kind, depth }: StoredSamples): number {
  const isWidened = kind === 'unsigned' && depth !== 8 && depth < 16;
  if (isWidened && Number.isInteger(stored) && stored >= 0 && stored < 2 ** depth) return widen(stored, depth);
  return stored;
}

function inverted({ min, max }: SampleRange, { kind, depth }: StoredSamples): SampleRange {
  if (kind !== 'unsigned') return { min: -max, max: -min };
  const largest = largestOf(depth);
  return { min: largest - max, max: largest - min };
}

/** White of samples whose type says what it is; 0 for all others. */
function whiteOf({ kind, depth }: StoredSamples): number {
  return kind === 'unsigned' && depth <= 16 ? largestOf(depth) : 0;
}

/** Of the type that samples of so many bits are read as. */
function largestOf(depth: number): number {
  return depth <= 8 ? 255 : depth <= 16 ? 65_535 : 4_294_967_295;
}
