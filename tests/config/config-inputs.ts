import type { Place } from '../../config/given.ts';
import { type ConfigInputs, loadConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../config/problems.ts';
import { optionOf, type Setting } from '../../config/setting.ts';

/** The file's name in these tests. */
export const FILE = 'mezzotint.env';

/** Inputs that give each place the settings named, and nothing else. */
export function inputs(given: Partial<Record<Place, Record<string, string>>>): ConfigInputs {
  const argv = Object.entries(given['command line'] ?? {}).map(([name, text]) => `--${optionOf(name)}=${text}`);
  const lines = Object.entries(given.file ?? {}).map(([name, text]) => `${name}=${text}`);
  const env = { ...given.environment, ...(given.file ? { MEZZOTINT_CONFIG: FILE } : {}) };
  return { argv, env, readFile: () => lines.join('\n'), cores: 4 };
}

/** The problems that stop a start with these inputs; none where it succeeds. */
export function problemsOf(given: ConfigInputs): readonly string[] {
  try {
    loadConfig(given);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** No type takes a control character. */
export const NEVER_VALID = '\u0007';

/** Settings that may be given in every place. */
export function isForEveryPlace(setting: Setting): boolean {
  return setting.name !== 'MEZZOTINT_CONFIG';
}
