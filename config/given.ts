import { namesOf, type Setting } from './setting.ts';

/** Where settings are given, the strongest last. */
export const PLACES = ['file', 'environment', 'command line'] as const;
export type Place = (typeof PLACES)[number];

/** A value as an operator wrote it. */
export interface Given {
  readonly setting: Setting;
  /** The name as it was written there. */
  readonly name: string;
  readonly text: string;
  readonly place: Place;
  /** The place in words: for the file, with name and line. */
  readonly origin: string;
}

/** What reading one place gives: values, and what was wrong with the rest. */
export interface Reading {
  readonly given: readonly Given[];
  readonly problems: readonly string[];
}

/**
 * Keeps the strongest of the values given for each setting, by the setting's name.
 *
 * An empty text is as good as none where a setting has no use for it: a container file hands on unset variables so. On
 * the command line it is kept, and will be found wrong.
 */
export function strongest(given: readonly Given[]): ReadonlyMap<string, Given> {
  const meant = given.filter((one) => one.text !== '' || one.place === 'command line' || takesEmpty(one.setting));
  const ranked = meant.toSorted((a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place));
  return new Map(ranked.map((one) => [one.setting.name, one]));
}

/** Finds settings that one place gives two different values. */
export function contradictions(given: readonly Given[]): string[] {
  const isContradicted = (one: Given, index: number) =>
    given.slice(0, index).some((other) => isSamePlace(one, other) && other.text !== one.text);
  return given.filter(isContradicted).map((one) => {
    const names = namesOf(one.setting);
    const hint = names.length > 1 ? `; ${names.join(' and ')} are the same setting` : '';
    return `${one.name} (${one.origin}): given twice with different values${hint}`;
  });
}

function takesEmpty(setting: Setting): boolean {
  return setting.type.parse('').ok;
}

function isSamePlace(a: Given, b: Given): boolean {
  return a.place === b.place && a.setting.name === b.setting.name;
}
