import { parseArgs } from 'node:util';
import { PYRAMID_COMPRESSIONS, type PyramidCompression } from '../../../codecs/tiff-writer/pyramid-format.ts';
import { UsageProblem } from '../usage-problem.ts';

/** What a conversion is asked to do. */
export interface ConvertOptions {
  /** Files and folders as they were given; at least one. */
  readonly inputs: readonly string[];
  /** Where pyramids go. */
  readonly folder: string;
  readonly tileSide: number;
  /** `auto` loses nothing that the file has not lost already. */
  readonly compression: PyramidCompression | 'auto';
  readonly quality: number | undefined;
  readonly hasSubIfds: boolean;
  /** Which one of a file that has several. */
  readonly page: number;
}

export const CONVERT_HELP = `Writes tiled TIFF pyramids of images, so that a server need not make them.

Usage: mezzotint convert IN... OUT_DIR [--option value ...]

Examples:
  mezzotint convert photo.jpg pyramids                      one image: pyramids/photo.tif
  mezzotint convert scans/ maps/*.png pyramids              folders with all that is in them, and files
  mezzotint convert scans pyramids --compression jpeg       smaller: photographs that were stored without loss
  mezzotint convert stack.tif pyramids --page 3             the fourth page of several
  mezzotint convert scans pyramids                          again: only what is new or has changed

IN is whatever the server opens: TIFF, JPEG 2000, JPEG, PNG, WebP, AVIF, GIF. The output is named after it, with .tif
for its ending, in the same folder below OUT_DIR as it has below IN.

  --compression NAME   auto (default), ${PYRAMID_COMPRESSIONS.join(', ')}. auto is jpeg for 8-bit grey and RGB
                       that was stored with loss, and deflate for everything else.
  --quality NUMBER     of jpeg and webp 1 to 100, default 90; of deflate its level, 0 to 9
  --tile-size PIXELS   a multiple of 16 from 16 to 4096, default 256
  --layout NAME        where reduced copies are: ifd (default), behind the image; subifd, in its SubIFDs
  --page NUMBER        which page or frame of a file that has several, from 0, the default
  -h, --help           show this text
`;

const OPTIONS = {
  compression: { type: 'string', default: 'auto' },
  quality: { type: 'string' },
  'tile-size': { type: 'string', default: '256' },
  layout: { type: 'string', default: 'ifd' },
  page: { type: 'string', default: '0' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const COMPRESSIONS = ['auto', ...PYRAMID_COMPRESSIONS] as const;

/** What an option must be. */
interface Rule {
  readonly option: 'compression' | 'tile-size' | 'layout' | 'page';
  readonly expected: string;
  allows(text: string): boolean;
}

const RULES: readonly Rule[] = [
  {
    option: 'compression',
    expected: `one of ${COMPRESSIONS.join(', ')}`,
    allows: (text) => COMPRESSIONS.some((name) => name === text),
  },
  {
    option: 'tile-size',
    expected: 'a multiple of 16 from 16 to 4096',
    allows: (text) => isBetween(wholeNumber(text), 16, 4096) && wholeNumber(text) % 16 === 0,
  },
  { option: 'layout', expected: 'ifd or subifd', allows: (text) => text === 'ifd' || text === 'subifd' },
  { option: 'page', expected: 'a whole number from 0', allows: (text) => wholeNumber(text) >= 0 },
];

/**
 * Reads the words behind `convert`.
 *
 * @returns undefined where help is asked for
 * @throws UsageProblem with everything that is wrong
 */
export function parseConvertOptions(argv: readonly string[]): ConvertOptions | undefined {
  const { values, positionals } = parse(argv);
  if (values.help) return undefined;
  const compression = COMPRESSIONS.find((name) => name === values.compression);
  const problems = [
    ...(positionals.length < 2 ? ['expected one or more files or folders, and the folder that pyramids go to'] : []),
    ...problemsOf(values),
    ...(compression ? qualityProblems(compression, values.quality) : []),
  ];
  if (problems.length > 0 || !compression) throw new UsageProblem(problems.join('\n'));
  return {
    inputs: positionals.slice(0, -1),
    folder: positionals.at(-1) ?? '',
    tileSide: wholeNumber(values['tile-size']),
    compression,
    quality: values.quality === undefined ? undefined : wholeNumber(values.quality),
    hasSubIfds: values.layout === 'subifd',
    page: wholeNumber(values.page),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageProblem(error instanceof Error ? error.message : String(error));
  }
}

const QUALITIES: Readonly<Partial<Record<string, readonly [least: number, most: number]>>> = {
  auto: [1, 100],
  jpeg: [1, 100],
  webp: [1, 100],
  deflate: [0, 9],
};

function qualityProblems(compression: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  const range = QUALITIES[compression];
  if (!range) return [`--quality means nothing with ${compression}`];
  const [least, most] = range;
  const isRight = isBetween(wholeNumber(text), least, most);
  return isRight ? [] : [wrong('quality', text, `a whole number from ${least} to ${most}`)];
}

function problemsOf(values: Readonly<Record<Rule['option'], string>>): string[] {
  const broken = RULES.filter(({ option, allows }) => !allows(values[option]));
  return broken.map(({ option, expected }) => wrong(option, values[option], expected));
}

function wrong(option: string, text: string, expected: string): string {
  return `--${option} "${text}" is not valid: expected ${expected}`;
}

/** Plain digits, else not a number. */
function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function isBetween(number: number, least: number, most: number): boolean {
  return number >= least && number <= most;
}
