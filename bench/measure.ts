import type { Agent } from 'node:http';
import sharp from 'sharp';
import { imageFacts } from './image-facts.ts';
import { type Answer, ask, drive, type Spell } from './load.ts';
import type { Options } from './options.ts';
import { usageOf } from './process-tree.ts';
import { untilPyramid } from './pyramid.ts';
import type { Row } from './rows.ts';
import type { Target } from './target.ts';

/** What one server did on one row. */
export interface Figures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** A spell and what the server's processes used for it. */
interface Measured extends Spell {
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** Servers take turns this often in one row, so that what else the machine does hits them alike. */
const ROUNDS = 4;

/** How long each server is driven in each row before anything counts: hot code is compiled while it runs. */
const WARM_UP_SECONDS = 2;

/**
 * Drives the servers in turns over the same requests.
 *
 * @returns for each server its figures, or why it cannot do this row
 */
export async function measureRow(row: Row, targets: readonly Target[], options: Options): Promise<(Figures | Error)[]> {
  const runs = await Promise.all(targets.map((target) => prepare(row, target, options)));
  const measured: Measured[][] = targets.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const index of turns(targets.length, round)) {
      const run = runs[index];
      if (typeof run === 'function') measured[index]?.push(await run(options.seconds / ROUNDS));
    }
  }
  return runs.map((run, index) => (run instanceof Error ? run : summarise(measured[index] ?? [])));
}

/** Who drives first changes from round to round. */
function turns(count: number, round: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  return round % 2 === 0 ? order : order.reverse();
}

/** Looks whether a server does this row at all and warms it up; the function given back drives it for some seconds. */
async function prepare(row: Row, target: Target, options: Options) {
  const { base, agent, pids } = target;
  try {
    const next = row.queries(await imageFacts(base, row.file));
    const address = () => `${base}?${next()}`;
    if (row.isDerived && target.buildsPyramids) await untilPyramid(address());
    await checkPixels(address(), row.mediaType, agent);
    const check = (answer: Answer, url: string) => checkAnswer(answer, row.mediaType, url);
    const run = { agent, connections: options.connections, next: address, check };
    await drive({ ...run, seconds: WARM_UP_SECONDS });
    return async (seconds: number): Promise<Measured> => {
      const before = usageOf(pids);
      const spell = await drive({ ...run, seconds });
      const after = usageOf(pids);
      return { ...spell, cpuMs: after.cpuMs - before.cpuMs, rssMb: after.rssMb };
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function checkAnswer({ status, mediaType, bytes }: Answer, expected: string, url: string): void {
  if (status === 200 && mediaType === expected && bytes > 0) return;
  throw new Error(`${url}: status ${status}, ${bytes} bytes of ${mediaType || 'no type'}`);
}

/** Decodes one whole answer: a server that answers fast with rubbish is not fast. */
async function checkPixels(url: string, expected: string, agent: Agent): Promise<void> {
  const chunks: Buffer[] = [];
  checkAnswer(await ask(url, agent, (chunk) => chunks.push(chunk)), expected, url);
  const body = Buffer.concat(chunks);
  if (expected.startsWith('image/')) await sharp(body, { failOn: 'warning' }).stats();
  else JSON.parse(body.toString());
}

function summarise(spells: readonly Measured[]): Figures {
  const latencies = Float64Array.from(spells.flatMap((spell) => spell.latencies)).sort();
  const requests = latencies.length;
  const total = (of: (spell: Measured) => number) => spells.reduce((sum, spell) => sum + of(spell), 0);
  return {
    requests,
    requestsPerSecond: requests / total((spell) => spell.seconds),
    p50Ms: latencies[Math.floor(requests * 0.5)] ?? Number.NaN,
    p99Ms: latencies[Math.floor(requests * 0.99)] ?? Number.NaN,
    cpuMs: total((spell) => spell.cpuMs) / requests,
    rssMb: Math.max(...spells.map((spell) => spell.rssMb)),
  };
}
