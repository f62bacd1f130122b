import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { DrawingOrder, DrawingProgress } from './sample-drawing.ts';
import { ensureSamples } from './samples/ensure-samples.ts';

/** Requests come first. */
const LOW_PRIORITY = 10;

await draw();

/** Draws what is missing and ends; ends early when the supervisor says so or is gone. */
async function draw(): Promise<void> {
  const received = once(process, 'message');
  tell({ kind: 'ready' });
  const [order]: DrawingOrder[] = await received;
  if (!order) return;
  setPriority(LOW_PRIORITY);
  const abort = new AbortController();
  process.once('SIGTERM', () => abort.abort());
  process.once('disconnect', () => process.exit(1));
  await ensureSamples({
    folder: order.folder,
    onProgress: (fraction) => tell({ kind: 'progress', fraction }),
    signal: abort.signal,
  });
  process.exit(0);
}

function tell(progress: DrawingProgress): void {
  process.send?.(progress);
}
