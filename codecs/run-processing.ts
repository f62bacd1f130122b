import { type Rect, wholeOf } from '../image/geometry.ts';
import type { Part, Processing } from '../image/operations/processing.ts';
import type { PixelBuffer } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { eachPart } from './parts.ts';
import type { TakeTurn } from './turns.ts';

/** How a processing is to be carried out. */
export interface Run {
  /** What is wanted of the pixels, in their own coordinates; all of them where nothing is said. */
  readonly area?: Rect | undefined;
  readonly sample: EncodablePixels['sample'];
  readonly signal?: AbortSignal | undefined;
}

/** Makes pixels of pixels; the memory of those that go in is used again, or given back to the pool. */
export type RunProcessing = (processing: Processing, pixels: PixelBuffer, run: Run) => Promise<EncodablePixels>;

/** Pixels made before other requests may get their turn: a few milliseconds with the largest kernel. */
const PART_PIXELS = 2 ** 16;

/** Values of a pixel that such a part is meant for; with more of them it has fewer pixels. */
const USUAL_VALUES = 4;

export function createRunProcessing(pool: BufferPool, takeTurn: TakeTurn): RunProcessing {
  function takeSamples(length: number, sample: EncodablePixels['sample']): EncodablePixels['data'] {
    if (sample === 'uint8') return pool.take(length);
    const memory = pool.take(length * 2);
    return pool.exchange(memory, new Uint16Array(memory.buffer, memory.byteOffset, length));
  }

  function takeValues(length: number): Float64Array {
    if (length === 0) return new Float64Array(0);
    const memory = pool.take(length * Float64Array.BYTES_PER_ELEMENT);
    return pool.exchange(memory, new Float64Array(memory.buffer, memory.byteOffset, length));
  }

  return async (processing, pixels, { area = wholeOf(pixels), sample, signal }) => {
    const { colours, radius, workspace } = processing;
    const bands = colours + (pixels.hasAlpha ? 1 : 0);
    const isInPlace = sample === pixels.sample && bands === pixels.bands && radius === 0;
    const data = isInPlace ? pixels.data : takeSamples(area.width * area.height * bands, sample);
    const rows = rowsAtOnce(pixels.width, workspace);
    const room = workspace * pixels.width * Math.min(rows + 2 * radius, pixels.height);
    const values: Part['workspace'] = [takeValues(room), takeValues(room)];
    await eachPart(area.height, { rows, takeTurn, signal }, (part) => {
      const output = data.subarray(part.start * area.width * bands, part.end * area.width * bands);
      processing.write({ pixels, area, rows: part, workspace: values }, output);
    });
    for (const memory of values) pool.give(memory);
    if (!isInPlace) pool.give(pixels.data);
    return pixelsOf({ width: area.width, height: area.height, colours, hasAlpha: pixels.hasAlpha }, data);
  };
}

/** Whole rows, one at least. */
function rowsAtOnce(width: number, workspace: number): number {
  return Math.max(1, Math.floor((PART_PIXELS * USUAL_VALUES) / (width * Math.max(workspace, USUAL_VALUES))));
}

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly hasAlpha: boolean;
}

function pixelsOf({ width, height, colours, hasAlpha }: Shape, data: EncodablePixels['data']): EncodablePixels {
  const photometric = colours === 4 ? 'cmyk' : colours === 3 ? 'rgb' : 'gray';
  const shape = { width, height, bands: colours + (hasAlpha ? 1 : 0), photometric, hasAlpha } as const;
  return data instanceof Uint8Array ? { ...shape, sample: 'uint8', data } : { ...shape, sample: 'uint16', data };
}
