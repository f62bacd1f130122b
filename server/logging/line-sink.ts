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
  const backlog = createBacklog();
  const waiting: (() => void)[] = [];
  let isBusy = false;

  function writePending(): void {
    const lines = backlog.take();
    writeText(`${lines.join('\n')}\n`, (error) => {
      if (error) backlog.noteLost(lines);
      else backlog.noteWritten();
      if (backlog.isWaiting()) setImmediate(writePending);
      else becomeIdle();
    });
  }

  function becomeIdle(): void {
    isBusy = false;
    for (const resolve of waiting.splice(0)) resolve();
  }

  return {
    write(line) {
      if (!backlog.add(line) || isBusy) return;
      isBusy = true;
      setImmediate(writePending);
    },
    flush: async (limitMs) => (isBusy ? untilCalled(waiting, limitMs) : undefined),
    get dropped() {
      return backlog.dropped();
    },
  };
}

/** Lines that wait, or are being written. */
interface Backlog {
  /** @returns whether there was room */
  add(line: string): boolean;
  /** All that wait; they take up their room until they are written or lost. */
  take(): readonly string[];
  noteWritten(): void;
  noteLost(lines: readonly string[]): void;
  isWaiting(): boolean;
  dropped(): number;
}

function createBacklog(): Backlog {
  const pending: string[] = [];
  let length = 0;
  let dropped = 0;
  let reported = 0;
  const measure = () => {
    length = pending.reduce((sum, line) => sum + line.length, 0);
  };
  return {
    add(line) {
      if (length + line.length > LARGEST_BACKLOG) {
        dropped += 1;
        return false;
      }
      length += line.length;
      pending.push(line);
      return true;
    },
    take: () => pending.splice(0),
    noteWritten() {
      if (dropped > reported) pending.push(reportOf(dropped - reported));
      reported = dropped;
      measure();
    },
    noteLost(lines) {
      dropped += lines.length;
      measure();
    },
    isWaiting: () => pending.length > 0,
    dropped: () => dropped,
  };
}

/** Once lines get through again, how many did not. */
function reportOf(droppedLines: number): string {
  return JSON.stringify({ time: new Date().toISOString(), level: 'error', droppedLines });
}

function untilCalled(waiting: (() => void)[], limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, limitMs);
    waiting.push(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
