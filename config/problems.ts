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
  return invalid.map((one) => `${shown(one)} (${one.origin}): expected ${allowedIn(one.setting)}`);
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

const LARGEST_LEVEL: Record<string, { readonly level: number; readonly name: string }> = {
  '2': { level: 9, name: 'Deflate' },
  '5': { level: 19, name: 'Zstandard' },
};

function tiffConflicts(effective: ReadonlyMap<string, Given>): string[] {
  const quality = effective.get('TIFF_QUALITY');
  const limit = LARGEST_LEVEL[String(Number(effective.get('TIFF_COMPRESSION')?.text ?? '2'))];
  if (!quality?.setting.type.parse(quality.text).ok || !limit || Number(quality.text) <= limit.level) return [];
  return [
    `${shown(quality)} (${quality.origin}): expected at most ${limit.level}, as TIFF_COMPRESSION is ${limit.name}`,
  ];
}

/** A secret is named, never shown. */
function shown({ setting, name, text }: Given): string {
  const longest = 100;
  const excerpt = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return setting.isSecret ? name : `${name}=${JSON.stringify(excerpt).slice(1, -1)}`;
}
