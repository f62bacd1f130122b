import type { PixelBuffer } from '../source.ts';
import { colourBands } from './bands.ts';
import type { OutputSamples, Part } from './processing.ts';
import type { White } from './quantise.ts';

/** A band of the samples that come out. */
export interface OutputBand {
  readonly samples: OutputSamples;
  readonly first: number;
  readonly step: number;
}

/** Writes the opacity of a part as it is, in the depth that comes out; nothing where its pixels have none. */
export function writeOpacity({ pixels, area, rows }: Part, white: White, output: OutputBand): void {
  const { bands, width, hasAlpha } = pixels;
  if (!hasAlpha) return;
  const factor = factorOf(pixels.sample, white);
  for (let row = rows.start; row < rows.end; row++) {
    const first = ((area.y + row) * width + area.x) * bands + colourBands(pixels);
    const target = output.first + (row - rows.start) * area.width * output.step;
    scaleBand({ data: pixels.data, first, bands }, factor, { ...output, first: target }, area.width);
  }
}

/** Real numbers are opaque at 1, integers at the end of their type. */
function factorOf(sample: PixelBuffer['sample'], white: White): number {
  switch (sample) {
    case 'uint8':
      return white / 255;
    case 'uint16':
      return white / 65_535;
    case 'uint32':
      return white / 4_294_967_295;
    default:
      return white;
  }
}

interface SampleBand {
  readonly data: PixelBuffer['data'];
  readonly first: number;
  readonly bands: number;
}

function scaleBand({ data, first, bands }: SampleBand, factor: number, output: OutputBand, count: number): void {
  const { samples, step } = output;
  const white = samples.BYTES_PER_ELEMENT === 1 ? 255 : 65_535;
  for (let index = 0, from = first, to = output.first; index < count; index++, from += bands, to += step) {
    const sample = Number(data[from]) * factor + 0.5;
    samples[to] = sample > 0 ? Math.min(sample, white) : 0;
  }
}
