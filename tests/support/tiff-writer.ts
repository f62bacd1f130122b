/** The numbers of the types used here. */
export const TYPE = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, undefined: 7, float: 11, long8: 16 } as const;

/** One entry; `count` and `offset` are worked out unless a test wants them to lie. */
export interface TagSpec {
  readonly type: number;
  readonly values: readonly number[];
  readonly count?: number;
  readonly offset?: number;
}

export interface DirectorySpec {
  readonly tags: Readonly<Record<number, TagSpec>>;
  /** Stored tiles, whose offsets and byte counts are added as tags 324 and 325 unless `tags` has them. */
  readonly tiles?: readonly Uint8Array[];
  /** Whether `tiles` are strips, whose tags are 273 and 279. */
  readonly isStriped?: boolean;
  /** Places in the list of directories, written as tag 330. */
  readonly subIfds?: readonly number[];
  /** Place in the list of the next directory; -1 for none. Beyond the list it is an offset. */
  readonly next: number;
}

export interface FileSpec {
  readonly isBig?: boolean;
  readonly isLittleEndian?: boolean;
  readonly directories: readonly DirectorySpec[];
}

interface PlacedTag extends TagSpec {
  readonly tag: number;
  /** Where values lie that do not fit the entry. */
  readonly valuesAt: number;
}

interface PlacedDirectory {
  readonly at: number;
  readonly tags: readonly PlacedTag[];
  readonly next: number;
  readonly end: number;
}

interface Output {
  readonly shape: Shape;
  /** Offsets of the directories. */
  readonly starts: readonly number[];
  write(at: number, value: number, length: number): void;
}

const CLASSIC = { header: 8, word: 4, countLength: 2, entry: 12 } as const;
const BIG = { header: 16, word: 8, countLength: 8, entry: 20 } as const;
type Shape = typeof CLASSIC | typeof BIG;

const LENGTHS: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 7: 1, 11: 4, 16: 8 };
const TILE_OFFSETS = 324;
const TILE_BYTE_COUNTS = 325;
const STRIP_OFFSETS = 273;
const STRIP_BYTE_COUNTS = 279;
const SUB_IFDS = 330;

/** Writes a TIFF as told, sound or not: header, tiles, then each directory followed by its values. */
export function writeTiff({ isBig = false, isLittleEndian = true, directories }: FileSpec): Buffer {
  const shape = isBig ? BIG : CLASSIC;
  const tiles = directories.flatMap((directory) => directory.tiles ?? []);
  const tileOffsets = runningSums(shape.header, tiles);
  const placed = placeDirectories(directories, shape, tileOffsets);
  const file = Buffer.alloc(placed.at(-1)?.end ?? shape.header);
  const output = { shape, starts: placed.map(({ at }) => at), write: numberWriter(file, isLittleEndian) };
  file.write(isLittleEndian ? 'II' : 'MM', 'latin1');
  output.write(2, isBig ? 43 : 42, 2);
  if (isBig) output.write(4, 8, 2);
  output.write(shape.header - shape.word, output.starts[0] ?? 0, shape.word);
  for (const [index, tile] of tiles.entries()) file.set(tile, tileOffsets[index]);
  for (const directory of placed) writeDirectory(directory, output);
  return file;
}

/** Where each of the tiles begins, and where the last ends. */
function runningSums(start: number, tiles: readonly Uint8Array[]): number[] {
  const sums = [start];
  for (const tile of tiles) sums.push((sums.at(-1) ?? start) + tile.byteLength);
  return sums;
}

function placeDirectories(directories: readonly DirectorySpec[], shape: Shape, tileOffsets: number[]) {
  let end = tileOffsets.at(-1) ?? shape.header;
  let firstTile = 0;
  return directories.map((directory) => {
    const count = directory.tiles?.length ?? 0;
    const tags = allTags(directory, tileOffsets.slice(firstTile, firstTile + count), shape);
    firstTile += count;
    const placed = placeDirectory(tags, end + (end % 2), shape);
    end = placed.end;
    return { ...placed, next: directory.next };
  });
}

function allTags(
  { tags, tiles, subIfds, isStriped = false }: DirectorySpec,
  offsets: number[],
  shape: Shape,
): Record<number, TagSpec> {
  const type = shape.word === 8 ? TYPE.long8 : TYPE.long;
  return {
    ...(tiles && {
      [isStriped ? STRIP_OFFSETS : TILE_OFFSETS]: { type, values: offsets },
      [isStriped ? STRIP_BYTE_COUNTS : TILE_BYTE_COUNTS]: { type, values: tiles.map((tile) => tile.byteLength) },
    }),
    ...(subIfds && { [SUB_IFDS]: { type, values: subIfds } }),
    ...tags,
  };
}

function placeDirectory(specs: Record<number, TagSpec>, at: number, shape: Shape) {
  const entries = Object.entries(specs); // in ascending order, as TIFF wants them
  let end = at + shape.countLength + entries.length * shape.entry + shape.word;
  const tags = entries.map(([tag, spec]) => {
    const valuesAt = end;
    if (!fitsEntry(spec, shape)) end += valuesLength(spec);
    return { ...spec, tag: Number(tag), valuesAt };
  });
  return { at, tags, end };
}

function writeDirectory({ at, tags, next }: PlacedDirectory, output: Output): void {
  const { shape, starts, write } = output;
  write(at, tags.length, shape.countLength);
  for (const [index, tag] of tags.entries()) writeEntry(tag, at + shape.countLength + index * shape.entry, output);
  write(at + shape.countLength + tags.length * shape.entry, next === -1 ? 0 : (starts[next] ?? next), shape.word);
}

function writeEntry(tag: PlacedTag, at: number, { shape, starts, write }: Output): void {
  write(at, tag.tag, 2);
  write(at + 2, tag.type, 2);
  write(at + 4, tag.count ?? tag.values.length, shape.word);
  const valueAt = at + 4 + shape.word;
  const isInline = fitsEntry(tag, shape) && tag.offset === undefined;
  if (!isInline) write(valueAt, tag.offset ?? tag.valuesAt, shape.word);
  const length = LENGTHS[tag.type] ?? 1;
  const values = tag.tag === SUB_IFDS ? tag.values.map((place) => starts[place] ?? place) : tag.values;
  const valuesAt = isInline ? valueAt : tag.valuesAt;
  if (tag.offset !== undefined) return;
  for (const [index, value] of values.entries()) write(valuesAt + index * length, value, length);
}

function fitsEntry(tag: TagSpec, shape: Shape): boolean {
  return valuesLength(tag) <= shape.word;
}

function valuesLength({ type, values }: TagSpec): number {
  return values.length * (LENGTHS[type] ?? 1);
}

function numberWriter(file: Buffer, isLittleEndian: boolean): Output['write'] {
  return (at, value, length) => {
    for (let index = 0; index < length; index++) {
      const place = isLittleEndian ? index : length - 1 - index;
      file[at + place] = Math.floor(value / 2 ** (8 * index)) % 256;
    }
  };
}
