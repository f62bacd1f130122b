import { on } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createSamples, SAMPLE_KINDS, type Samples } from '../../codecs/tiff-writer/samples.ts';
import type { StripRequest } from './draw-worker.ts';
import { bandsOf, type Picture, rowsOf, storageOf } from './picture.ts';

const THREADS = 2;

/** Strips in memory: one in work for each thread, and one that is being taken. */
const STRIPS = THREADS + 1;

/**
 * Draws one of the sample pictures from top to bottom on threads of its own; they end with the iteration.
 *
 * @param rows - height of a strip; the last one has what remains
 * @returns strips of all pages, one below the other, whose memory is drawn into again after the next one is asked for
 */
export async function* drawStrips(picture: Picture, rows: number, signal: AbortSignal): AsyncGenerator<Samples> {
  const { name, size } = picture;
  const storage = storageOf(picture);
  const count = Math.ceil(rowsOf(picture) / rows);
  const samplesPerRow = size.width * bandsOf(storage);
  const byteLength = samplesPerRow * rows * SAMPLE_KINDS[storage.kind].bytes;
  const memory = Array.from({ length: STRIPS }, () => new SharedArrayBuffer(byteLength));
  const rowsIn = (index: number) => Math.min(rows, rowsOf(picture) - index * rows);
  const drawers = Array.from({ length: THREADS }, () => startDrawer(signal));
  const ask = (index: number) => {
    const shared = memory[index % STRIPS];
    if (!shared || index >= count) return;
    const place = { top: index * rows, rows: rowsIn(index) };
    const request: StripRequest = { name, height: size.height, ...place, memory: shared };
    drawers[index % THREADS]?.worker.postMessage(request);
  };
  try {
    for (let index = 0; index < STRIPS; index++) ask(index);
    for (let index = 0; index < count; index++) {
      const answer = await drawers[index % THREADS]?.answers.next();
      const shared = memory[index % STRIPS];
      if (!shared || !answer || answer.done) throw new Error('a drawing thread ended early');
      yield createSamples(storage.kind, samplesPerRow * rowsIn(index), shared);
      ask(index + STRIPS);
    }
  } finally {
    await Promise.all(drawers.map(({ worker }) => worker.terminate()));
  }
}

function startDrawer(signal: AbortSignal) {
  // compiled or not, the worker's file has the ending of this one
  const file = new URL(`./draw-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } });
  return { worker, answers: on(worker, 'message', { signal, close: ['exit'] }) };
}
