import { readdirSync, readFileSync } from 'node:fs';

/** What a set of processes has used so far. */
export interface Usage {
  /** User and system time in ms, that of ended children included. */
  readonly cpuMs: number;
  /** Resident memory in MB; pages that processes share count in each. */
  readonly rssMb: number;
  /** The same of the largest of them. */
  readonly largestMb: number;
}

/** The kernel counts CPU time in ticks of 10 ms and memory in pages of 4 KiB on every Linux that Node runs on here. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** The usage of these processes and of everything they started. */
export function usageOf(roots: readonly number[]): Usage {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const tree = new Set(roots);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  const counted = all.filter(({ pid }) => tree.has(pid));
  if (counted.length === 0) throw new Error(`none of the processes ${roots.join(', ')} is running`);
  return {
    cpuMs: counted.reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS,
    rssMb: (counted.reduce((sum, { pages }) => sum + pages, 0) * PAGE_BYTES) / 1e6,
    largestMb: (Math.max(...counted.map(({ pages }) => pages)) * PAGE_BYTES) / 1e6,
  };
}

/** @see proc_pid_stat(5); empty where the process has ended meanwhile */
function statOf(name: string): Stat[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'latin1');
    // The command's name is in parentheses and may hold spaces: what follows the last one is plain.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0] = fields.slice(1);
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + field, 0);
    return [{ pid: Number(name), parent, ticks, pages: fields[21] ?? 0 }];
  } catch {
    return [];
  }
}
