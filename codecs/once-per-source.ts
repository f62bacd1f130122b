import type { ImageSource } from '../image/source.ts';
import { createSingleFlight, type SingleFlight } from './single-flight.ts';

/** Something that is found out about an image. A caller's leaving ends its own wait, and that of the last one the finding. */
export type OfSource<T> = (source: ImageSource, signal?: AbortSignal) => Promise<T>;

/**
 * Finds something out about an image when it is first asked for, and keeps it as long as the image is open. After a failure
 * the next caller tries again.
 */
export function oncePerSource<T>(find: (source: ImageSource, signal: AbortSignal) => Promise<T>): OfSource<T> {
  const found = new WeakMap<ImageSource, Promise<T>>();
  const flights = new WeakMap<ImageSource, SingleFlight<T>>();

  async function findAndKeep(source: ImageSource, signal: AbortSignal): Promise<T> {
    const result = await find(source, signal);
    found.set(source, Promise.resolve(result));
    flights.delete(source);
    return result;
  }

  return (source, signal = new AbortController().signal) => {
    const known = found.get(source);
    if (known !== undefined) return known;
    const flight = flights.get(source) ?? createSingleFlight<T>();
    flights.set(source, flight);
    return flight.run('', signal, (shared) => findAndKeep(source, shared));
  };
}
