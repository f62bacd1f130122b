import type { Config } from '../../config/config.ts';
import { createLog, type Log } from './log.ts';
import { openFileSink, openStandardSink } from './open-sink.ts';

/**
 * The log as configured.
 *
 * @throws Error of the file system when its file cannot be opened
 */
export function openLog({ file, verbosity }: Config['log']): Log {
  return createLog(file === undefined ? openStandardSink(process.stderr) : openFileSink(file), verbosity);
}
