import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the benchmark is to do. */
export interface Options {
  /** Folder of the files that rows name; undefined where there is none. */
  readonly corpus: string | undefined;
  /** How long each row drives each server. */
  readonly seconds: number;
  readonly connections: number;
  /** Names of rows; empty for all. */
  readonly rows: readonly string[];
  readonly workers: number;
  readonly against: Peer | undefined;
  /** Where the figures are written as JSON. */
  readonly json: string | undefined;
}

/** Another server that answers iipsrv's query forms on the same files. */
export interface Peer {
  readonly url: string;
  /** Processes whose CPU time counts, their children included. */
  readonly pids: readonly number[];
}

export const HELP = `Usage: npm run bench -- [options]

Drives a freshly started server over fixed pseudo-random lists of requests and prints CPU time per request.

  --corpus DIR         folder of images (bench/make-corpus.sh makes it); default ./samples if it is there
  --seconds N          time per row and server, default 10
  --connections N      requests at a time, default 8
  --rows NAME,...      only these rows
  --workers N          server processes, default 1, which is what CPU per request compares best with
  --against URL        another server with iipsrv's query forms, driven in turns with ours
  --against-pid PID,...  its processes, whose CPU time is counted
  --json FILE          also write the figures to FILE

Examples:
  npm run bench -- --corpus ../corpus --seconds 5
  npm run bench -- --corpus ../corpus --rows hot,passthrough
  bench/peer.sh ../corpus      # in another terminal; prints --against and --against-pid
`;

/**
 * Reads the command line.
 *
 * @throws Error that says what is wrong with it
 */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      corpus: { type: 'string' },
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '8' },
      rows: { type: 'string', default: '' },
      workers: { type: 'string', default: '1' },
      against: { type: 'string' },
      'against-pid': { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    corpus: corpusOf(values.corpus),
    seconds: positive('seconds', values.seconds),
    connections: positive('connections', values.connections),
    rows: values.rows.split(',').filter((name) => name !== ''),
    workers: positive('workers', values.workers),
    against: peerOf(values.against, values['against-pid']),
    json: values.json,
  };
}

function corpusOf(given: string | undefined): string | undefined {
  if (given !== undefined && !existsSync(given)) throw new Error(`--corpus: there is no folder ${given}`);
  if (given !== undefined) return resolve(given);
  return existsSync('samples') ? resolve('samples') : undefined;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1)) throw new Error(`--${name} is a whole number from 1, not "${text}"`);
  return value;
}

function peerOf(url: string | undefined, pids: string | undefined): Peer | undefined {
  if (url === undefined && pids === undefined) return undefined;
  if (url === undefined || pids === undefined) throw new Error('--against and --against-pid belong together');
  return { url: new URL(url).href, pids: pids.split(',').map((pid) => positive('against-pid', pid)) };
}
