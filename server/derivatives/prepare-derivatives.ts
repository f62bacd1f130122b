import { access, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DerivativeConfig } from '../../config/config.ts';
import type { Log } from '../logging/log.ts';
import { isProcessAlive } from '../process-alive.ts';

/** What the folders end with that builders work in, before it the number of the process that started them. */
export const SCRATCH_ENDING = '.part';

const SCRATCH = /\.(?<pid>\d+)\.part$/;

/**
 * The folder of pyramids, made where it is missing and without what was left unfinished. Undefined, said once in the log,
 * where it cannot be written.
 *
 * @param usual - the folder where none is configured
 */
export async function prepareDerivatives(
  wanted: DerivativeConfig | undefined,
  usual: string,
  log: Log,
): Promise<DerivativeConfig | undefined> {
  if (!wanted) return undefined;
  const folder = wanted.folder === '' ? usual : resolve(wanted.folder);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
    await removeUnfinished(folder);
    return { ...wanted, folder };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error('no pyramids are built of flat images: their folder cannot be written', { folder, reason });
    return undefined;
  }
}

/** Another server may be at work in the same folder; one with the number of this process cannot be alive. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(SCRATCH.exec(name)?.groups?.pid ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && isProcessAlive(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
