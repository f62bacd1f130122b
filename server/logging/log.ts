import type { LineSink } from './line-sink.ts';

/** Facts beside a message. Times end in `Ms`, sizes in `Bytes`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Takes what is worth keeping; nothing in it waits or throws. */
export interface Log {
  /** A failure that somebody should look at. Values that are errors are written with stack and cause. */
  error(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** One line for one request. */
  request(fields: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Lines lost so far. */
  readonly dropped: number;
  /** Resolves when everything is written or lost, at the latest after the time given. */
  flush(limitMs: number): Promise<void>;
}

/** The lowest VERBOSITY at which each kind of line is written. */
const LEVEL = { error: 1, info: 1, request: 2, debug: 3 } as const;

/** Longest text of any one field, in characters: addresses in requests have no end of their own. */
const LONGEST_TEXT = 2048;
const LONGEST_STACK = 8192;

/** A log of JSON lines. */
export function createLog(sink: LineSink, verbosity: number): Log {
  function write(level: keyof typeof LEVEL, fields: LogFields): void {
    if (verbosity < LEVEL[level]) return;
    sink.write(formatLine({ time: new Date().toISOString(), level, pid: process.pid, ...fields }));
  }

  return {
    error: (message, fields) => write('error', { message, ...fields }),
    info: (message, fields) => write('info', { message, ...fields }),
    request: (fields) => write('request', fields),
    debug: (message, fields) => write('debug', { message, ...fields }),
    flush: (limitMs) => sink.flush(limitMs),
    get dropped() {
      return sink.dropped;
    },
  };
}

/** One line whatever the values hold: JSON escapes most control characters, the rest is escaped here. */
export function formatLine(fields: LogFields): string {
  const line = stringify(fields);
  return UNESCAPED.test(line) ? line.replace(new RegExp(UNESCAPED, 'gu'), escapeCharacter) : line;
}

/** What ends a line or steers a terminal and JSON leaves alone. */
const UNESCAPED = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

function stringify(fields: LogFields): string {
  try {
    if (Object.values(fields).every(isPlain)) return JSON.stringify(fields); // as the line of every request can be
    return JSON.stringify(fields, (_key, value: unknown) => shorten(value));
  } catch (error) {
    return JSON.stringify({ level: 'error', message: 'a line could not be written', reason: String(error) });
  }
}

/** Whether JSON can write a value as it is. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_TEXT;
  return typeof value === 'number' || typeof value === 'boolean' || value === undefined;
}

function shorten(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, LONGEST_TEXT);
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? describeError(value) : value;
}

function describeError(error: Error): LogFields {
  const stack = error.stack?.split('\n').map((line) => line.trim());
  const lines = cut((stack ?? [String(error)]).join('\n'), LONGEST_STACK).split('\n');
  return error.cause === undefined ? { error: lines } : { error: lines, cause: error.cause };
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
