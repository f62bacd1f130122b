import { parseArgs } from 'node:util';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { prepareSharp } from '../../../codecs/prepare-sharp.ts';
import { type BytePath, shellWord, shownPath, toBytePath } from '../byte-path.ts';
import { fileProblem } from '../file-problem.ts';
import { loadFormats } from '../load-formats.ts';
import { type OpeningTools, openInput } from '../open-input.ts';
import { UsageProblem } from '../usage-problem.ts';
import { adviceOn } from './advice.ts';
import { type FileFacts, readFacts } from './facts.ts';
import { printFacts } from './print.ts';

const HELP = `Prints what a server sees of image files, and what to do where they are badly laid out for serving.

Usage: mezzotint info FILE... [--json]

Examples:
  mezzotint info photo.jpg              for people
  mezzotint info --json scans/*.tif     for machines: one JSON object a line
  mezzotint info -- -odd-name.tif       a name that begins with a dash

No pixel is decoded. The cost of a level is that of its dearest tile of 256 x 256 pixels.
Ends with 0 where all files can be served, else with 1.

      --json   one JSON object a line; of a file that cannot be served { "file", "error" }
  -h, --help   show this text
`;

/** A folder for pyramids, as the command that is advised names it. */
const FOLDER = 'pyramids';

/** `mezzotint info FILE...`: 0 where all files can be read, else 1. */
export async function info(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const { values, positionals } = parse(argv);
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (positionals.length === 0) throw new UsageProblem('expected one or more files');
    prepareSharp();
    const opening = { tools: createDecodeTools(), formats: await loadFormats(env) };
    const states: boolean[] = [];
    for (const path of positionals.map(toBytePath)) states.push(await describe(path, opening, values.json));
    return states.every((isRead) => isRead) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error;
    process.stderr.write(`${error.message}\nmezzotint info --help shows what there is.\n`);
    return 1;
  }
}

function parse(argv: readonly string[]) {
  const options = {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageProblem(error instanceof Error ? error.message : String(error));
  }
}

/** Whether the file can be read. */
async function describe(path: BytePath, opening: OpeningTools, isForMachines: boolean): Promise<boolean> {
  try {
    const facts = await factsOf(path, opening);
    process.stdout.write(isForMachines ? asJson(path, facts) : asText(path, facts));
    return true;
  } catch (error) {
    const problem = fileProblem(error);
    if (isForMachines) process.stdout.write(`${JSON.stringify({ file: shownPath(path), error: problem })}\n`);
    else process.stderr.write(`${shownPath(path)}: ${problem}\n`);
    return false;
  }
}

async function factsOf(path: BytePath, opening: OpeningTools): Promise<FileFacts> {
  const file = await openInput(path, opening);
  try {
    return await readFacts(file);
  } finally {
    await file.close();
  }
}

function asJson(path: BytePath, facts: FileFacts): string {
  const advice = adviceOn(facts).map(({ problem, options }) => ({ problem, command: commandFor(path, options) }));
  return `${JSON.stringify({ file: shownPath(path), ...facts, advice })}\n`;
}

function asText(path: BytePath, facts: FileFacts): string {
  const advice = adviceOn(facts).map(
    ({ problem, options }) => `  advice        ${problem}\n                ${commandFor(path, options)}\n`,
  );
  return `${shownPath(path)}\n${printFacts(facts)}${advice.join('')}\n`;
}

function commandFor(path: BytePath, options: readonly string[]): string {
  return ['mezzotint', 'convert', shellWord(path), FOLDER, ...options].join(' ');
}
