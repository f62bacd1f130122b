import type { Log } from '../../server/logging/log.ts';

/** A log that keeps nothing. */
export const silentLog: Log = {
  error: () => undefined,
  info: () => undefined,
  request: () => undefined,
  debug: () => undefined,
  dropped: 0,
  flush: async () => undefined,
};
