import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DerivativeConfig } from '../../config/config.ts';
import type { Log } from '../logging/log.ts';
import { removeAbandoned } from './scratch.ts';

/**
 * The folder of pyramids, made where it is missing and without what was abandoned in it. Undefined, said once in the log,
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
    await removeAbandoned(folder);
    return { ...wanted, folder };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error('no pyramids are built of flat images: their folder cannot be written', { folder, reason });
    return undefined;
  }
}
