import type { NamedFolder } from './config.ts';
import { parsedBy, type ValueType } from './value-type.ts';

const NAMED = /^(?<name>[A-Za-z0-9][\w.-]{0,63})=(?<folder>.+)$/;
const LINE = /^[^\p{Cc}]*$/u;

/** One folder, or several that each have a name. No text at all stands for none. */
export function imageFolders(): ValueType<readonly NamedFolder[]> {
  const allowed =
    'a folder, or name=folder separated by commas, each name once and of letters, digits, dots, dashes and underscores';
  return parsedBy(allowed, (given) => {
    if (given === '') return [];
    if (!LINE.test(given)) return undefined;
    return NAMED.test(given) ? parseNamed(given) : [{ name: '', folder: given }];
  });
}

function parseNamed(given: string): readonly NamedFolder[] | undefined {
  const parts = given.split(',').map((part) => NAMED.exec(part.trim())?.groups);
  const named = parts.map((groups) => ({ name: groups?.name ?? '', folder: groups?.folder ?? '' }));
  const names = new Set(named.map(({ name }) => name));
  return names.size === named.length && !names.has('') ? named : undefined;
}
