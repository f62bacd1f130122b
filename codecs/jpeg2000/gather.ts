import type { ByteSource } from '../../image/source.ts';

/** A run of bytes of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly byteLength: number;
}

/** Bytes of a file that are at hand. */
export interface GatheredBytes {
  /** Undefined where they are not. */
  view(range: ByteRange): Uint8Array | undefined;
}

/** Ranges nearer to each other than this are read at once. */
const MAX_GAP = 8192;
/** Longest read that other ranges are added to. */
const MAX_READ = 2 ** 20;
const CONCURRENCY = 4;

const NOTHING = new Uint8Array();

/** Reads ranges of a file, in whatever order they come, in as few reads as pays. */
export async function gather(
  bytes: ByteSource,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
): Promise<GatheredBytes> {
  const runs = merged(ranges);
  const read: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  const waiting = runs.entries();
  const work = async () => {
    for (const [index, { offset, byteLength }] of waiting) {
      read[index] = { offset, bytes: await bytes.read(offset, byteLength, signal) };
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return {
    view({ offset, byteLength }) {
      if (byteLength === 0) return NOTHING;
      const index = lastIndexUpTo(runs, offset);
      const run = read[index];
      const start = run ? offset - run.offset : 0;
      return run && start + byteLength <= run.bytes.length ? run.bytes.subarray(start, start + byteLength) : undefined;
    },
  };
}

function merged(ranges: readonly ByteRange[]): ByteRange[] {
  const runs: ByteRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = runs.at(-1);
    const end = range.offset + range.byteLength;
    const isNear = last && range.offset <= last.offset + last.byteLength + MAX_GAP;
    if (isNear && end - last.offset <= Math.max(MAX_READ, last.byteLength)) {
      const byteLength = Math.max(last.byteLength, end - last.offset);
      runs[runs.length - 1] = { offset: last.offset, byteLength };
    } else if (range.byteLength > 0) {
      runs.push(range);
    }
  }
  return runs;
}

/** The last run that begins at `offset` or before; -1 for none. */
function lastIndexUpTo(runs: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
