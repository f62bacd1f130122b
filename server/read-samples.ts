import type { BufferPool } from '../codecs/buffer-pool.ts';
import type { RangesOf } from '../codecs/sample-ranges.ts';
import { bytesPerPixel } from '../image/budget.ts';
import { CorruptSource, RequestOverBudget, SourceChanged } from '../image/errors.ts';
import { settleLayers } from '../image/layers.ts';
import type { Limits } from '../image/resolve.ts';
import type { Caller, LentImage, WantedImage } from '../image/service.ts';
import type { Admission } from './admission.ts';
import type { OpenedSource } from './sources/opened-source.ts';
import type { Picture } from './use-page.ts';

interface Needs {
  readonly admission: Admission;
  readonly rangesOf: RangesOf;
  readonly pool: BufferPool;
  readonly limits: Pick<Limits, 'maxDecodedBytes' | 'maxLayers'>;
}

/** The parts of a lent image that read samples, each time for one caller. */
type SampleReading = Pick<LentImage, 'readSamples' | 'ranges'>;

/** Samples go the way of pictures (budget, admission, unchanged file), but into no cache: answers made of them are small. */
export function createReadSamples({ admission, rangesOf, pool, limits }: Needs) {
  return ({ opened, source }: Picture, caller: Caller, asked: WantedImage['layers']): SampleReading => {
    const layers = source.layers && settleLayers(asked ?? source.layers, source.layers, limits.maxLayers);
    const run = <T>(work: () => Promise<T>) => admission.run(caller.signal, () => whileUnchanged(opened, work));
    return {
      async readSamples(level, window, use) {
        checkBudget(window.width * window.height * bytesPerPixel(source.layout), limits.maxDecodedBytes);
        const pixels = await run(() => source.read(level, window, caller.signal, layers));
        try {
          return use(pixels);
        } finally {
          pool.give(pixels.data);
        }
      },
      ranges: () => run(() => rangesOf(source, caller.signal)),
    };
  };
}

/**
 * Runs what reads a file, and believes the result only if the file is still the same: nothing is made of old and new
 * bytes mixed.
 *
 * @throws SourceChanged
 */
export async function whileUnchanged<T>(opened: OpenedSource, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    checkUnchanged(opened);
    return result;
  } catch (error) {
    if (error instanceof CorruptSource) checkUnchanged(opened); // not damaged, but caught while being replaced
    throw error;
  }
}

function checkUnchanged(opened: OpenedSource): void {
  if (!opened.isUnchanged()) throw new SourceChanged();
}

/** @throws RequestOverBudget */
export function checkBudget(needed: number, maxDecodedBytes: number): void {
  if (needed > maxDecodedBytes) throw new RequestOverBudget(needed, maxDecodedBytes);
}
