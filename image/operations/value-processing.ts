import type { Rect } from '../geometry.ts';
import { type Kernel, type Operations, radiusOf } from '../operations.ts';
import { coloursAfter, mixableBands } from './bands.ts';
import { type ColourMap, colourMapOf } from './colour-maps.ts';
import { convolve } from './convolve.ts';
import { hillshade } from './hillshade.ts';
import { applyTone, valueLoader } from './load-values.ts';
import { writeOpacity } from './opacity.ts';
import type { OutputSamples, Part, Processing, ProcessingNeeds } from './processing.ts';
import { toneOf } from './tone.ts';
import { twist } from './twist.ts';

/** One operation on values, from one run of memory to another; its pixels do not know of each other. */
interface Step {
  /** Values of a pixel that come out. */
  readonly bands: number;
  run(from: Float64Array, to: Float64Array): void;
}

/** Values of some pixels at the start of some memory, and memory of the same size to go on in. */
interface Values {
  readonly values: Float64Array;
  readonly spare: Float64Array;
  readonly bands: number;
}

/** Operations on values of double precision one after the other, for those that mix bands or pixels. */
export function valueProcessing(needs: ProcessingNeeds): Processing {
  const { operations, layout, ranges, white } = needs;
  const { kernel, contrast = 1 } = operations;
  const inputs = bandsWanted(needs);
  const isMixed = Boolean(operations.hillshade || operations.twist);
  const load = valueLoader(layout.sample, ranges.slice(0, inputs), isMixed ? undefined : toneOf(operations));
  const steps = stepsOf(operations, inputs);
  const colours = coloursAfter(operations, layout);
  const radius = radiusOf(kernel);
  const step = colours + (layout.hasAlpha ? 1 : 0);
  return {
    colours,
    radius,
    workspace: Math.max(inputs, ...steps.map(({ bands }) => bands)),
    write(part, output) {
      const [values, spare] = part.workspace;
      const window = rowsRead(part, radius);
      const count = window.width * window.height;
      const first = window.y * window.width;
      load(part.pixels, { start: first, end: first + count }, values.subarray(0, count * inputs));
      const stepped = runSteps(steps, { values, spare, bands: inputs }, count);
      const final = kernel ? convolvePart(kernel, part, stepped, window) : stepped;
      store(final, part, { output, colours, step, white, scale: contrast * white });
      writeOpacity(part, white, { samples: output, first: colours, step });
    },
  };
}

/** How many bands take part, from the first on. */
function bandsWanted({ operations, layout }: ProcessingNeeds): number {
  if (operations.hillshade) return 3;
  if (operations.twist) return mixableBands(layout);
  return operations.colourMap ? 1 : coloursAfter(undefined, layout);
}

/** The operations in their order. The tone comes first where nothing is mixed: it is done while loading. */
function stepsOf(operations: Operations, inputs: number): Step[] {
  const steps: Step[] = [];
  const bandsNow = () => steps.at(-1)?.bands ?? inputs;
  const { hillshade: light, twist: matrix, colourMap } = operations;
  if (light) steps.push({ bands: 1, run: hillshade(light) });
  if (matrix) steps.push({ bands: matrix.length, run: twist(matrix, bandsNow()) });
  const tone = toneOf(operations);
  if (tone && steps.length > 0) steps.push({ bands: bandsNow(), run: (from, to) => applyTone(tone, from, to) });
  if (colourMap) steps.push({ bands: 3, run: mapping(colourMapOf(colourMap), bandsNow()) });
  return steps;
}

function mapping(map: ColourMap, bands: number): Step['run'] {
  return (from, to) => {
    for (let source = 0, target = 0; target < to.length; source += bands, target += 3) {
      map(Number(from[source]), to, target);
    }
  };
}

/** The whole rows of the pixels that a part is made of. */
function rowsRead({ pixels, area, rows }: Part, radius: number): Rect {
  const y = Math.max(area.y + rows.start - radius, 0);
  const bottom = Math.min(area.y + rows.end + radius, pixels.height);
  return { x: 0, y, width: pixels.width, height: bottom - y };
}

function runSteps(steps: readonly Step[], start: Values, count: number): Values {
  return steps.reduce(({ values, spare, bands }, step) => {
    step.run(values.subarray(0, count * bands), spare.subarray(0, count * step.bands));
    return { values: spare, spare: values, bands: step.bands };
  }, start);
}

function convolvePart(kernel: Kernel, { area, rows }: Part, { values, spare, bands }: Values, window: Rect): Values {
  const height = rows.end - rows.start;
  const place = { x: area.x, y: area.y + rows.start - window.y, width: area.width, height };
  convolve(kernel, { ...window, bands, values }, place, spare.subarray(0, area.width * height * bands));
  return { values: spare, spare: values, bands };
}

/** Where values go, and by what they are multiplied to become samples. */
interface Target {
  readonly output: OutputSamples;
  readonly colours: number;
  readonly step: number;
  readonly scale: number;
  readonly white: number;
}

/** Rounds and cuts; bands beyond the colours are left out. */
function store({ values, bands }: Values, { area, rows }: Part, { output, colours, step, scale, white }: Target): void {
  const end = (rows.end - rows.start) * area.width * bands;
  const isOneRun = bands === step; // neither opacity nor bands that are left out
  for (let band = 0; band < (isOneRun ? 1 : colours); band++) {
    const [stride, outputStride] = isOneRun ? [1, 1] : [bands, step];
    storeBand(values.subarray(band, end), stride, { samples: output.subarray(band), step: outputStride, scale, white });
  }
}

interface BandTarget {
  readonly samples: OutputSamples;
  readonly step: number;
  readonly scale: number;
  readonly white: number;
}

function storeBand(values: Float64Array, stride: number, { samples, step, scale, white }: BandTarget): void {
  for (let from = 0, to = 0; from < values.length; from += stride, to += step) {
    const sample = Number(values[from]) * scale;
    samples[to] = sample >= white ? white : sample > 0 ? sample + 0.5 : 0; // storing cuts
  }
}
