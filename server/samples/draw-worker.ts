import { parentPort } from 'node:worker_threads';
import { createPicture } from './pictures.ts';

/** What a worker is asked to draw. It answers with the number of the first row, in the order of the questions. */
export interface StripRequest {
  readonly name: string;
  readonly height: number;
  readonly top: number;
  /** In shared memory, as many rows as are wanted. */
  readonly pixels: Uint8ClampedArray;
}

parentPort?.on('message', ({ name, height, top, pixels }: StripRequest) => {
  const picture = createPicture(name, height);
  if (!picture) throw new Error(`no picture is called ${name}`);
  picture.draw(pixels, top);
  parentPort?.postMessage(top);
});
