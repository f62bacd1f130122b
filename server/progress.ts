/** What a progress display is written to. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_WIDTH = 40;

/**
 * Shows how far a piece of work is: as a bar that moves on a terminal, else as a line for every tenth.
 *
 * @returns takes fractions from 0 to 1, not falling
 */
export function createProgress(title: string, output: ProgressOutput): (fraction: number) => void {
  let shown = -1;
  return (fraction) => {
    const percent = Math.floor(fraction * 100);
    const step = output.isTTY ? percent : percent - (percent % 10);
    if (step <= shown) return;
    shown = step;
    output.write(
      output.isTTY ? `\r${title} ${progressBar(percent)}${percent >= 100 ? '\n' : ''}` : `${title}: ${step} %\n`,
    );
  };
}

/** A bar with the percentage behind it. */
export function progressBar(percent: number): string {
  const done = Math.round((percent * BAR_WIDTH) / 100);
  return `[${'#'.repeat(done)}${'-'.repeat(BAR_WIDTH - done)}] ${String(percent).padStart(3)} %`;
}
