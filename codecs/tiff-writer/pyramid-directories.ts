import type { Size } from '../../image/geometry.ts';
import type { Metadata } from '../../image/metadata.ts';
import type { Appender } from './appender.ts';
import { encodeDirectory, type LevelDirectory } from './directory.ts';
import type { PyramidOptions } from './pyramid-writer.ts';

/** Where the tiles of a level are. */
export interface LevelTiles {
  readonly size: Size;
  readonly tileOffsets: number[];
  readonly tileByteCounts: number[];
}

/** A file that has all its tiles. */
interface WrittenTiles {
  readonly options: PyramidOptions;
  /** The levels of each page, finest first. */
  readonly pages: readonly (readonly LevelTiles[])[];
  readonly file: Appender;
}

const NOTHING: Metadata = { text: {} };

/** Writes all directories. Returns the offset of the first one. */
export function writeDirectories(written: WrittenTiles): Promise<number> {
  const { pages, hasSubIfds } = written.options;
  return pages || hasSubIfds ? writeTree(written) : writeChain(written);
}

/** One chain of all levels. */
async function writeChain({ options, pages: [levels = []], file }: WrittenTiles): Promise<number> {
  const first = file.end();
  for (const [index, level] of levels.entries()) {
    const directory = directoryOf(options, level, { role: index > 0 ? 'copy' : 'image' });
    await append(file, directory, index < levels.length - 1);
  }
  return first;
}

/** The copies of all pages, then one chain of the pages. */
async function writeTree({ options, pages, file }: WrittenTiles): Promise<number> {
  const subIfds: number[][] = [];
  for (const [, ...copies] of pages) {
    const offsets: number[] = [];
    for (const copy of copies) offsets.push(await append(file, directoryOf(options, copy, { role: 'copy' }), false));
    subIfds.push(offsets);
  }
  const first = file.end();
  for (const [index, [level]] of pages.entries()) {
    if (!level) continue;
    const role = options.pages ? 'page' : 'image';
    const page = { role, label: options.pages?.[index], subIfds: subIfds[index] ?? [] } as const;
    await append(file, directoryOf(options, level, page), index < pages.length - 1);
  }
  return first;
}

/** Returns the offset of the directory. */
async function append(file: Appender, directory: LevelDirectory, hasNext: boolean): Promise<number> {
  const at = file.end();
  await file.append([encodeDirectory(directory, { at, isBig: file.isBig, hasNext })]);
  return at;
}

type PagePart = Pick<LevelDirectory, 'role'> & Partial<Pick<LevelDirectory, 'label' | 'subIfds'>>;

function directoryOf(options: PyramidOptions, level: LevelTiles, { role, label, subIfds }: PagePart): LevelDirectory {
  return {
    ...options,
    ...level,
    kind: options.kind ?? 'uint8',
    opacityBand: options.opacityBand,
    role,
    label,
    ranges: options.ranges,
    subIfds: subIfds ?? [],
    metadata: role === 'copy' ? NOTHING : (options.metadata ?? NOTHING),
  };
}
