import { parseArgs } from 'node:util';
import type { Given, Reading } from './given.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { optionNames, settingOfOption } from './settings.ts';
import { suggest } from './suggest.ts';

/** The command line, read. */
export interface CommandLine extends Reading {
  /** What is to be printed instead of starting. */
  readonly asksFor: 'help' | 'version' | undefined;
}

const QUESTIONS = ['help', 'version'] as const;

/**
 * Reads `[DIR] --option value …`.
 *
 * @param argv - without the interpreter and the program
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const tokens = tokenize(argv);
  const options = tokens.filter((token) => token.kind === 'option');
  const folders = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  const readings = options.map(readOption);
  const problems = readings.flatMap((reading) => reading.problems);
  const isOneTooMany = folders.length > 1 && problems.length === 0; // else it may belong to a mistyped option
  const tooMany = isOneTooMany ? [`${folders.join(' ')} (command line): expected one folder`] : [];
  return {
    asksFor: QUESTIONS.find((question) => options.some((option) => option.name === question)),
    given: [...readings.flatMap((reading) => reading.given), ...folders.slice(0, 1).map(folderGiven)],
    problems: [...problems, ...tooMany],
  };
}

/** Not strict: an unknown option is a problem like any other, to be listed with the rest. */
function tokenize(argv: readonly string[]) {
  const known = optionNames().map((name) => [name, { type: 'string' }] as const);
  const help = { type: 'boolean', short: 'h' } as const;
  const options = { ...Object.fromEntries(known), help, version: { type: 'boolean' } as const };
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function readOption(option: { name: string; rawName: string; value?: string | undefined }): Reading {
  if (QUESTIONS.some((question) => question === option.name)) return { given: [], problems: [] };
  const setting = settingOfOption(option.name);
  if (!setting) return problem(`${option.rawName} (command line): unknown option${hint(option.name)}`);
  if (option.value === undefined || isOption(option.value)) {
    return problem(`${option.rawName} (command line): expected a value after it`);
  }
  return { given: [onCommandLine(setting, option.rawName, option.value)], problems: [] };
}

function isOption(value: string): boolean {
  return value.startsWith('--') && settingOfOption(value.slice(2)) !== undefined;
}

function folderGiven(folder: string): Given {
  return onCommandLine(SERVER_SETTINGS.root, 'DIR', folder);
}

function onCommandLine(setting: Given['setting'], name: string, text: string): Given {
  return { setting, name, text, place: 'command line', origin: 'command line' };
}

function problem(text: string): Reading {
  return { given: [], problems: [text] };
}

function hint(option: string): string {
  const near = suggest(option, [...optionNames(), ...QUESTIONS]);
  return near ? `; did you mean --${near}?` : '; --help lists all';
}
