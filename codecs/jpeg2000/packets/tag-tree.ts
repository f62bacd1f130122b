import type { BitReader } from './bit-reader.ts';
import type { BitWriter } from './bit-writer.ts';

/** Every number that a tag tree holds here is smaller. */
const UNKNOWN = 0x7fff;

/**
 * Numbers of a grid, coded as how much each is above the least of its neighbours.
 *
 * @see ISO/IEC 15444-1 §B.10.2
 */
export interface TagTree {
  /** Whether the number at a place is known to be below `threshold` once the bits have been read that tell. */
  isBelow(bits: BitReader, x: number, y: number, threshold: number): boolean;
}

/** The same, to be written. */
export interface WrittenTagTree {
  /** Settles a number before anything is written. */
  set(x: number, y: number, value: number): void;
  /** Writes what is left to know whether the number is below `threshold`. */
  write(bits: BitWriter, x: number, y: number, threshold: number): void;
}

export function createTagTree(width: number, height: number): TagTree {
  const { depth, nodeAt, values, lows } = createNodes(width, height);

  /** Reads until the number of a node is known, or known to reach the threshold. @returns the least it can be */
  function narrow(bits: BitReader, node: number, least: number, threshold: number): number {
    let low = least;
    while (low < threshold && low < Number(values[node])) {
      if (bits.bit() === 1) values[node] = low;
      else low++;
    }
    lows[node] = low;
    return low;
  }

  return {
    isBelow(bits, x, y, threshold) {
      let low = 0;
      let node = 0;
      for (let level = depth - 1; level >= 0; level--) {
        node = nodeAt(level, x, y);
        low = narrow(bits, node, Math.max(low, Number(lows[node])), threshold);
      }
      return Number(values[node]) < threshold;
    },
  };
}

export function createWrittenTagTree(width: number, height: number): WrittenTagTree {
  const { depth, nodeAt, values, lows } = createNodes(width, height);
  const isKnown = new Uint8Array(values.length);
  return {
    set(x, y, value) {
      for (let level = 0; level < depth; level++) {
        const node = nodeAt(level, x, y);
        if (value >= Number(values[node])) return;
        values[node] = value;
      }
    },
    write(bits, x, y, threshold) {
      let low = 0;
      for (let level = depth - 1; level >= 0; level--) {
        const node = nodeAt(level, x, y);
        low = Math.max(low, Number(lows[node]));
        for (; low < threshold && low < Number(values[node]); low++) bits.put(0);
        if (low < threshold && isKnown[node] === 0) {
          bits.put(1);
          isKnown[node] = 1;
        }
        lows[node] = low;
      }
    },
  };
}

/** The nodes of all levels, those of the grid itself first. */
interface Nodes {
  readonly depth: number;
  nodeAt(level: number, x: number, y: number): number;
  readonly values: Int16Array;
  /** What is known of each: it is not less. */
  readonly lows: Int16Array;
}

function createNodes(width: number, height: number): Nodes {
  const levels = levelsOf(width, height);
  const length = levels.reduce((sum, level) => sum + level.width * level.height, 0);
  return {
    depth: levels.length,
    nodeAt(level, x, y) {
      const { width: columns = 0, start = 0 } = levels[level] ?? {};
      return start + (y >> level) * columns + (x >> level);
    },
    values: new Int16Array(length).fill(UNKNOWN),
    lows: new Int16Array(length),
  };
}

function levelsOf(width: number, height: number): { width: number; height: number; start: number }[] {
  const levels = [{ width, height, start: 0 }];
  for (let last = levels[0]; last && last.width * last.height > 1; last = levels.at(-1)) {
    levels.push({
      width: Math.ceil(last.width / 2),
      height: Math.ceil(last.height / 2),
      start: last.start + last.width * last.height,
    });
  }
  return levels;
}
