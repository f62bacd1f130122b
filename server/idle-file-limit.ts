import { readFileSync } from 'node:fs';

/** Idle images may hold a quarter of the descriptors: connections need the others, and cannot wait for one. */
const SHARE = 4;

const MOST = 256;

/** How many files this process may keep open for images that nobody uses; read once, at the start. */
export function idleFileLimit(): number {
  return Math.min(MOST, Math.floor(descriptorLimit() / SHARE));
}

/** The soft limit of the process; where the system does not tell, the usual one. */
function descriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(?<soft>\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.groups?.soft;
    return Number(limit ?? 1024);
  } catch {
    return 1024;
  }
}
