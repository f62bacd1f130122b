import type { SampleRange } from '../source.ts';
import { coloursAfter } from './bands.ts';
import { widthOf } from './normalise.ts';
import { writeOpacity } from './opacity.ts';
import type { OutputSamples, Part, Processing, ProcessingNeeds } from './processing.ts';

/** What comes out is `(sample - min) * gain + offset`; black is what a sample that is no number counts as. */
export interface Line {
  readonly min: number;
  readonly gain: number;
  readonly offset: number;
}

/** Range, inversion and contrast of samples that are too many for a table, in one factor and one sum for each band. */
export function linearProcessing(needs: ProcessingNeeds): Processing {
  const { operations, layout, ranges, white } = needs;
  const colours = coloursAfter(operations, layout);
  const step = colours + (layout.hasAlpha ? 1 : 0);
  const lines = ranges.slice(0, colours).map((range) => lineOf(range, needs));
  return {
    colours,
    radius: 0,
    workspace: 0,
    write(part, output) {
      lines.forEach((line, band) => {
        writeBand(part, { line, band, step, white }, output);
      });
      writeOpacity(part, white, { samples: output, first: colours, step });
    },
  };
}

/** The line of a band. */
export function lineOf(range: SampleRange, { operations, white }: Pick<ProcessingNeeds, 'operations' | 'white'>): Line {
  const { invert, contrast = 1 } = operations;
  const scale = contrast * white;
  return { min: range.min, gain: (invert ? -scale : scale) / widthOf(range), offset: invert ? scale : 0 };
}

interface LinearBand {
  readonly line: Line;
  readonly band: number;
  readonly step: number;
  readonly white: number;
}

function writeBand({ pixels, rows }: Part, { line, band, step, white }: LinearBand, output: OutputSamples): void {
  const { data, bands, width } = pixels;
  const { min, gain, offset } = line;
  const end = rows.end * width * bands;
  for (let from = rows.start * width * bands + band, to = band; from < end; from += bands, to += step) {
    const sample = Number(data[from]);
    const value = (sample - sample === 0 ? (sample - min) * gain : 0) + offset;
    output[to] = value >= white ? white : value > 0 ? value + 0.5 : 0; // storing cuts
  }
}
