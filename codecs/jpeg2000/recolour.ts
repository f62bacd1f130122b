import { unpremultiply } from '../tiff/samples/colours.ts';
import type { Recolour } from './decode-job.ts';

/** Samples of pixels, interleaved. */
export type Samples = Uint8Array | Uint16Array;

/** @param bands - those of the samples; what comes back may have others */
export function recolour(samples: Samples, bands: number, recolours: readonly Recolour[]): Samples {
  const pixels = samples.length / bands;
  return recolours.reduce((given, how) => recolourOnce(given, given.length / pixels, how), samples);
}

function recolourOnce(samples: Samples, bands: number, how: Recolour): Samples {
  if (how.kind === 'palette') return expandPalette(samples, bands, how);
  if (how.kind === 'ycc') return yccToRgb(samples, bands);
  const sample = samples instanceof Uint8Array ? 'uint8' : 'uint16';
  unpremultiply(bands, { photometric: how.photometric, sample })(samples);
  return samples;
}

/** sYCC of IEC 61966-2-1 amendment 1, in place; what follows the three colours stays. */
function yccToRgb(samples: Samples, bands: number): Samples {
  const white = samples instanceof Uint8Array ? 255 : 65_535;
  const middle = (white + 1) / 2;
  const toSample = (value: number) => Math.min(white, Math.max(0, Math.round(value)));
  for (let at = 0; at + 2 < samples.length; at += bands) {
    const y = Number(samples[at]);
    const blue = Number(samples[at + 1]) - middle;
    const red = Number(samples[at + 2]) - middle;
    samples[at] = toSample(y + 1.402 * red);
    samples[at + 1] = toSample(y - 0.344136 * blue - 0.714136 * red);
    samples[at + 2] = toSample(y + 1.772 * blue);
  }
  return samples;
}

function expandPalette(samples: Samples, bands: number, how: Recolour & { kind: 'palette' }): Samples {
  const pixels = samples.length / bands;
  const length = pixels * how.bands.length;
  const output = how.bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
  for (const [band, { source, table }] of how.bands.entries()) {
    const last = table ? table.length - 1 : 0;
    for (let pixel = 0, to = band; pixel < pixels; pixel++, to += how.bands.length) {
      const sample = Number(samples[pixel * bands + source]);
      output[to] = table ? Number(table[Math.min(sample, last)]) : sample;
    }
  }
  return output;
}
