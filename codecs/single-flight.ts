import { untilAborted } from './until-aborted.ts';

/**
 * Runs one job per key at a time, however many ask for it.
 *
 * A caller's leaving ends its own wait only; the job is told to stop when the last one has left. Failures are shared by
 * those who wait and then forgotten.
 */
export interface SingleFlight<T> {
  run(key: string, signal: AbortSignal, job: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
  isSettled: boolean;
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, job: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight = { result: job(controller.signal), controller, waiting: 0, isSettled: false };
    flights.set(key, flight);
    const forget = () => {
      flight.isSettled = true;
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(forget, forget);
    return flight;
  }

  function leave(key: string, flight: Flight<T>): void {
    flight.waiting--;
    if (flight.waiting > 0 || flight.isSettled) return;
    // Whoever comes now must not join work that is being stopped.
    if (flights.get(key) === flight) flights.delete(key);
    flight.controller.abort();
  }

  return {
    async run(key, signal, job) {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? start(key, job);
      flight.waiting++;
      try {
        return await untilAborted(flight.result, signal);
      } finally {
        leave(key, flight);
      }
    },
  };
}
