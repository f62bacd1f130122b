import type { Given, Reading } from './given.ts';
import { namesOf } from './setting.ts';
import { SETTINGS, settingNamed } from './settings.ts';
import { suggest } from './suggest.ts';

/**
 * Reads lines of `NAME=value`. A value may stand in single or double quotes; `#` begins a comment at the start of a line
 * or after a blank.
 *
 * @param file - its name, for messages
 */
export function parseConfigFile(text: string, file: string): Reading {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const readings = lines.map((line, index) => readLine(line.trim(), `${file}, line ${index + 1}`));
  return {
    given: readings.flatMap((reading) => reading.given),
    problems: readings.flatMap((reading) => reading.problems),
  };
}

function readLine(line: string, origin: string): Reading {
  if (line === '' || line.startsWith('#')) return { given: [], problems: [] };
  const groups = /^(?<name>[^\s=]+)\s*=\s*(?<value>.*)$/.exec(line)?.groups;
  const value = groups ? unquote(groups.value ?? '') : undefined;
  if (value === undefined) return problem(`${origin}: expected NAME=value, quotes closed`);
  return readEntry(groups?.name ?? '', value, origin);
}

function readEntry(name: string, text: string, origin: string): Reading {
  const setting = settingNamed(name);
  if (!setting) return problem(`${name} (${origin}): unknown setting${hint(name)}`);
  if (setting.name === 'MEZZOTINT_CONFIG') return problem(`${name} (${origin}): a file cannot name another file`);
  const given: Given = { setting, name, text, place: 'file', origin };
  return { given: [given], problems: [] };
}

/** The value without its quotes or the comment after it; undefined where a quote is not closed. */
function unquote(value: string): string | undefined {
  const quoted = /^(?<quote>["'])(?<inside>.*?)\k<quote>\s*(?:#.*)?$/.exec(value)?.groups;
  if (quoted) return quoted.inside;
  return /^["']/.test(value) ? undefined : value.replace(/(?:^|\s+)#.*$/, '');
}

function problem(text: string): Reading {
  return { given: [], problems: [text] };
}

function hint(name: string): string {
  const near = suggest(name, SETTINGS.flatMap(namesOf));
  return near ? `; did you mean ${near}?` : '; --help lists all';
}
