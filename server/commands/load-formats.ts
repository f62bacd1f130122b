import { DecoderModuleProblem, loadDecoderModules } from '../../codecs/decoder-modules.ts';
import { SOURCE_FORMATS } from '../../codecs/open-source.ts';
import type { SourceFormat } from '../../codecs/source-format.ts';
import { SERVER_SETTINGS } from '../../config/server-settings.ts';
import { UsageProblem } from './usage-problem.ts';

/** The kinds of files that a server opens which has this environment. @throws UsageProblem */
export async function loadFormats(env: NodeJS.ProcessEnv): Promise<readonly SourceFormat[]> {
  const { name, type } = SERVER_SETTINGS.decoderModules;
  const paths = type.parse(env[name] ?? '');
  if (!paths.ok) throw new UsageProblem(`${name} is not valid: expected ${type.allowed}`);
  try {
    return [...SOURCE_FORMATS, ...(await loadDecoderModules(paths.value))];
  } catch (error) {
    if (error instanceof DecoderModuleProblem) throw new UsageProblem(error.message, { cause: error });
    throw error;
  }
}
