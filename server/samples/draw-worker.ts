import { parentPort } from 'node:worker_threads';
import { createSamples } from '../../codecs/tiff-writer/samples.ts';
import { bandsOf, storageOf } from './picture.ts';
import { createPicture } from './pictures.ts';

/** What a worker is asked to draw. It answers with the number of the first row, in the order of the questions. */
export interface StripRequest {
  readonly name: string;
  readonly height: number;
  readonly top: number;
  /** Shared, for as many rows as are wanted. */
  readonly memory: SharedArrayBuffer;
  readonly rows: number;
}

parentPort?.on('message', ({ name, height, top, memory, rows }: StripRequest) => {
  const picture = createPicture(name, height);
  if (!picture) throw new Error(`no picture is called ${name}`);
  const storage = storageOf(picture);
  const length = picture.size.width * rows * bandsOf(storage);
  picture.draw(createSamples(storage.kind, length, memory), top);
  parentPort?.postMessage(top);
});
