import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What drawing needs. */
export interface SampleDrawing {
  readonly folder: string;
  /** @param fraction - of all the drawing done, 0 to 1 */
  readonly onProgress: (fraction: number) => void;
  readonly onFailure: (reason: string) => void;
}

/** What the drawing process is told and tells. */
export interface DrawingOrder {
  readonly folder: string;
}
export type DrawingProgress = { readonly kind: 'ready' } | { readonly kind: 'progress'; readonly fraction: number };

/**
 * Draws missing sample images in a process of its own, so that the supervisor goes on handing out connections.
 *
 * @returns what ends it early
 */
export function startDrawing({ folder, onProgress, onFailure }: SampleDrawing): () => void {
  const script = fileURLToPath(new URL(`./draw-samples${extname(import.meta.url)}`, import.meta.url));
  const child: ChildProcess = fork(script);
  let isCancelled = false;
  const order: DrawingOrder = { folder };
  child.on('message', (message: DrawingProgress) => {
    if (message.kind === 'progress') onProgress(message.fraction);
    else child.send(order);
  });
  child.once('error', (error) => onFailure(error.message));
  child.once('exit', (code, signal) => {
    if (code !== 0 && !isCancelled) onFailure(signal ?? `exit code ${code}`);
  });
  return () => {
    isCancelled = true;
    child.kill();
  };
}
