import { type ProgressOutput, progressBar } from '../../progress.ts';

/** Shows how far a conversion is, once it has taken long enough for anybody to ask. */
export interface ConvertProgress {
  /** @param fraction - of all that is to be done, from 0 to 1, not falling */
  show(fraction: number, what: string): void;
  /** Takes what is shown off the terminal, so that something else can be written. */
  clear(): void;
}

/** What it shows itself on, and where the time comes from. */
interface ProgressNeeds {
  readonly output: ProgressOutput & { readonly columns?: number };
  /** In milliseconds. */
  readonly now: () => number;
}

/** Who waits for less than this asks nothing. */
const PATIENCE_MS = 2000;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 10_000;
const CLEAR = '\r\u001b[K';
const USUAL_COLUMNS = 80;

/** A bar that moves on a terminal, elsewhere a line now and then. */
export function createConvertProgress({ output, now }: ProgressNeeds): ConvertProgress {
  const start = now();
  let shownAt = start + PATIENCE_MS - (output.isTTY ? REDRAW_MS : LINE_EVERY_MS);
  let isShown = false;
  return {
    show(fraction, what) {
      const time = now();
      if (time - shownAt < (output.isTTY ? REDRAW_MS : LINE_EVERY_MS)) return;
      shownAt = time;
      const percent = Math.floor(fraction * 100);
      const rest = restTime(((time - start) * (1 - fraction)) / fraction);
      isShown = output.isTTY ?? false;
      if (!isShown) output.write(`${percent} %, ${rest}: ${what}\n`);
      else
        output.write(
          CLEAR + `${progressBar(percent)}, ${rest}: ${what}`.slice(0, (output.columns ?? USUAL_COLUMNS) - 1),
        );
    },
    clear() {
      if (isShown) output.write(CLEAR);
      isShown = false;
    },
  };
}

/** As people say it. */
function restTime(ms: number): string {
  if (!Number.isFinite(ms)) return 'just begun';
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min left` : `${Math.round(minutes / 60)} h left`;
}
