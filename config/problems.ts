import { type Given, PLACES } from './given.ts';
import { allowedIn } from './setting.ts';

/** The server cannot start: every reason, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const what = problems.length === 1 ? 'a setting is not valid' : `${problems.length} settings are not valid`;
    super([`Mezzotint cannot start, ${what}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** The values that are not what their settings allow. */
export function invalidValues(effective: ReadonlyMap<string, Given>): string[] {
  const invalid = [...effective.values()].filter(({ setting, text }) => !setting.type.parse(text).ok);
  return invalid.map((one) => {
    const reason = one.setting.problemOf?.(one.text);
    return `${shown(one)} (${one.origin}): expected ${allowedIn(one.setting)}${reason ? `; ${reason}` : ''}`;
  });
}

/** What each value allows by itself, but not together. */
export function conflicts(effective: ReadonlyMap<string, Given>): string[] {
  return [...bindConflicts(effective), ...tiffConflicts(effective)];
}

/** Whether the address of BIND stands: HOST and PORT from a stronger place replace it. */
export function isBindInForce(effective: ReadonlyMap<string, Given>): boolean {
  return Boolean(effective.get('BIND')?.text) && rank('BIND') >= Math.max(rank('HOST'), rank('PORT'));

  function rank(name: string): number {
    const given = effective.get(name);
    return given ? PLACES.indexOf(given.place) : -1;
  }
}

function bindConflicts(effective: ReadonlyMap<string, Given>): string[] {
  const bind = effective.get('BIND');
  const others = ['HOST', 'PORT'].map((name) => effective.get(name)).filter((one) => one && one.place === bind?.place);
  if (!bind?.text) return [];
  return others.map((other) => `${bind.name} and ${other?.name} (${bind.origin}): expected only one of them`);
}

const DEFLATE = 2;
const LARGEST_DEFLATE_LEVEL = 9;

function tiffConflicts(effective: ReadonlyMap<string, Given>): string[] {
  const quality = effective.get('TIFF_QUALITY');
  const isDeflate = Number(effective.get('TIFF_COMPRESSION')?.text ?? DEFLATE) === DEFLATE;
  if (!isDeflate || !quality?.setting.type.parse(quality.text).ok || Number(quality.text) <= LARGEST_DEFLATE_LEVEL) {
    return [];
  }
  const problem = `expected at most ${LARGEST_DEFLATE_LEVEL}, as TIFF_COMPRESSION is Deflate`;
  return [`${shown(quality)} (${quality.origin}): ${problem}`];
}

/** A secret is named, never shown. */
function shown({ setting, name, text }: Given): string {
  const longest = 100;
  const excerpt = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return setting.isSecret ? name : `${name}=${JSON.stringify(excerpt).slice(1, -1)}`;
}
