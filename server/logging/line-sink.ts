/** Takes lines for a file or a pipe, and never keeps anyone waiting for it. */
export interface LineSink {
  /** @param line - without its end */
  write(line: string): void;
  /** Lines that were lost because the other end is full, closed or too slow. */
  readonly dropped: number;
  /** Resolves when everything is written or lost, at the latest after the time given. */
  flush(limitMs: number): Promise<void>;
}

/** Writes the whole text, later; tells `done` once whether that failed. */
export type WriteText = (text: string, done: (error?: Error | null) => void) => void;

/** What may wait in memory for a stalled sink, in characters. */
const LARGEST_BACKLOG = 1 << 20;

/**
 * Collects the lines of one turn of the event loop into one write, with one write under way at a time. What exceeds the
 * backlog is dropped and counted: a log must never grow without bounds nor stop the server.
 */
export function createLineSink(writeText: WriteText): LineSink {
  const pending: string[] = [];
  const waiting: (() => void)[] = [];
  let length = 0;
  let dropped = 0;
  let reported = 0;
  let isBusy = false;

  function write(line: string): void {
    if (length + line.length > LARGEST_BACKLOG) {
      dropped += 1;
      return;
    }
    length += line.length;
    pending.push(line);
    if (isBusy) return;
    isBusy = true;
    setImmediate(writePending);
  }

  function writePending(): void {
    const lines = pending.splice(0);
    writeText(`${lines.join('\n')}\n`, (error) => {
      if (error) dropped += lines.length;
      else reportDropped();
      length = pending.reduce((sum, line) => sum + line.length, 0);
      if (pending.length > 0) setImmediate(writePending);
      else becomeIdle();
    });
  }

  /** Once lines get through again, how many did not. */
  function reportDropped(): void {
    if (dropped === reported) return;
    pending.push(JSON.stringify({ time: new Date().toISOString(), level: 'error', droppedLines: dropped - reported }));
    reported = dropped;
  }

  function becomeIdle(): void {
    isBusy = false;
    for (const resolve of waiting.splice(0)) resolve();
  }

  function flush(limitMs: number): Promise<void> {
    if (!isBusy) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      waiting.push(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }

  return {
    write,
    flush,
    get dropped() {
      return dropped;
    },
  };
}
