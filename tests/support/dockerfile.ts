import { readFileSync } from 'node:fs';

/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  readonly text: string;
}

/** What follows one FROM, up to the next. */
export interface Stage {
  readonly name: string | undefined;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile's stages; what stands before the first FROM is left out. */
export function readStages(path: string): Stage[] {
  const stages: { name: string | undefined; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(readFileSync(path, 'utf8'))) {
    if (instruction.keyword !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const groups = /^(?<image>\S+)(?: AS (?<name>\S+))?$/i.exec(instruction.text)?.groups;
    stages.push({ name: groups?.name, image: groups?.image ?? '', instructions: [] });
  }
  return stages;
}

/** The texts of all instructions of one keyword. */
export function textsOf(stage: Stage | undefined, keyword: string): string[] {
  return (stage?.instructions ?? []).filter((each) => each.keyword === keyword).map(({ text }) => text);
}

/** The variables that a stage sets; values are taken as they stand. */
export function environmentOf(stage: Stage | undefined): Record<string, string> {
  const words = textsOf(stage, 'ENV').flatMap((text) => text.split(/\s+/));
  return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, '');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [keyword = ''] = line.split(/\s/, 1);
      return { keyword: keyword.toUpperCase(), text: line.slice(keyword.length).trim() };
    });
}
