import { gridOf, type Size } from '../../image/geometry.ts';
import type { PageLabel } from '../../image/source.ts';
import { encodeDirectory, FIRST_DIRECTORY_FIELD, HEADER, type LevelDirectory } from './directory.ts';
import { halfOf, halveInto } from './halve.ts';
import { bytesOf, createSamples, type SampleKind, type Samples } from './samples.ts';
import type { TileFormat } from './tile-format.ts';

/** Where the file goes. Bytes come in order, but for the last write, which completes the header. */
export interface ByteSink {
  write(bytes: Uint8Array, offset: number): Promise<void>;
}

/** What is written: samples in square tiles, levels halved until one fits a tile. */
export interface PyramidOptions {
  readonly size: Size;
  readonly bands: 1 | 3;
  /** 8-bit unless it says otherwise. */
  readonly kind?: SampleKind;
  /** In pixels, a multiple of 16. */
  readonly tileSide: number;
  readonly format: TileFormat;
  /** Goes into the full-resolution directory as ImageDescription. */
  readonly description?: string;
  /** Lowest and highest value meant to be seen, of real numbers. */
  readonly range?: readonly [lowest: number, highest: number];
  /** Several pages of the same size, one after the other, with their copies as SubIFDs. */
  readonly pages?: readonly PageLabel[];
}

/** Takes an image, or one page after the other, from top to bottom. Calls must not overlap. */
export interface PyramidWriter {
  /**
   * Writes one row of full-resolution tiles, and of coarser ones as they come to be.
   *
   * @param pixels - `tileSide` rows of the image's width, in the last call those that remain; free again afterwards
   */
  writeTileRow(pixels: Samples): Promise<void>;
  /** Writes the directories: only now is it a TIFF. The sink stays open. */
  finish(): Promise<void>;
}

interface LevelState {
  readonly size: Size;
  /** The tile row that is being filled, as wide as the level. */
  readonly strip: Samples;
  filledRows: number;
  writtenRows: number;
  readonly tileOffsets: number[];
  readonly tileByteCounts: number[];
}

const MAX_CLASSIC_BYTES = 2 ** 32;

/** Starts a classic TIFF with all levels as top-level directories. Memory is about four tile rows of full width. */
export function createPyramidWriter(options: PyramidOptions, sink: ByteSink): PyramidWriter {
  const { size, bands, tileSide } = options;
  if (tileSide % 16 !== 0) throw new RangeError('the tile side must be a multiple of 16');
  const sizes = levelSizes(size, tileSide);
  const startPage = () => sizes.map((levelSize, index) => levelState(levelSize, options, index));
  const pages = [startPage()];
  const file = createAppender(sink);
  const pageCount = options.pages?.length ?? 1;
  let nextRow = 0;
  return {
    async writeTileRow(pixels) {
      if (nextRow === size.height && pages.length < pageCount) {
        pages.push(startPage());
        nextRow = 0;
      }
      const rows = Math.min(tileSide, size.height - nextRow);
      if (rows === 0 || pixels.length !== rows * size.width * bands) {
        throw new RangeError('a tile row must have the pixels of one tile row');
      }
      if (file.end() === 0) await file.append(HEADER);
      nextRow += rows;
      await writeStrip({ options, levels: pages.at(-1) ?? [], file }, { index: 0, strip: pixels, rows });
    },
    async finish() {
      if (nextRow < size.height || pages.length < pageCount) throw new RangeError('tile rows are missing');
      const first = await (options.pages ? writePages : writeDirectories)({ options, pages, file });
      await sink.write(littleEndian32(first), FIRST_DIRECTORY_FIELD);
    },
  };
}

interface Appender {
  /** Offset of what comes next. */
  end(): number;
  /** Returns the offset of the bytes, which is even. */
  append(bytes: Uint8Array): Promise<number>;
}

function createAppender(sink: ByteSink): Appender {
  let end = 0;
  return {
    end: () => end,
    async append(bytes) {
      const offset = end;
      end += bytes.length + (bytes.length % 2);
      if (end >= MAX_CLASSIC_BYTES) throw new RangeError('the pyramid is too large for a classic TIFF file');
      await sink.write(bytes, offset);
      return offset;
    },
  };
}

interface PyramidState {
  readonly options: PyramidOptions;
  readonly levels: readonly LevelState[];
  readonly file: Appender;
}

/** Writes one row of tiles, then hands half of it to the next level, which writes its own when it is full. */
async function writeStrip(
  state: PyramidState,
  { index, strip, rows }: { index: number; strip: Samples; rows: number },
): Promise<void> {
  const level = state.levels[index];
  if (!level) return;
  const size = { width: level.size.width, height: rows };
  for (const tile of await encodeTiles(strip, size, state.options)) {
    level.tileOffsets.push(await state.file.append(tile));
    level.tileByteCounts.push(tile.length);
  }
  level.writtenRows += rows;
  const coarser = state.levels[index + 1];
  if (!coarser) return;
  const { bands, tileSide } = state.options;
  halveInto(strip, size, bands, coarser.strip.subarray(coarser.filledRows * coarser.size.width * bands));
  coarser.filledRows += halfOf(size).height;
  const isLast = coarser.writtenRows + coarser.filledRows === coarser.size.height;
  if (!isLast && coarser.filledRows < tileSide) return;
  const filled = coarser.filledRows;
  coarser.filledRows = 0;
  await writeStrip(state, { index: index + 1, strip: coarser.strip, rows: filled });
}

interface WrittenFile {
  readonly options: PyramidOptions;
  readonly pages: readonly (readonly LevelState[])[];
  readonly file: Appender;
}

/** One chain of all levels. Returns the offset of the first one. */
async function writeDirectories({ options, pages: [levels = []], file }: WrittenFile): Promise<number> {
  const first = file.end();
  for (const [index, level] of levels.entries()) {
    const directory = directoryOf(options, level, { role: index > 0 ? 'copy' : 'image' });
    await file.append(encodeDirectory(directory, file.end(), index < levels.length - 1));
  }
  return first;
}

/** The copies of all pages, then one chain of the pages. Returns the offset of the first one. */
async function writePages({ options, pages, file }: WrittenFile): Promise<number> {
  const subIfds: number[][] = [];
  for (const [, ...copies] of pages) {
    const offsets: number[] = [];
    for (const copy of copies) {
      offsets.push(await file.append(encodeDirectory(directoryOf(options, copy, { role: 'copy' }), file.end(), false)));
    }
    subIfds.push(offsets);
  }
  const first = file.end();
  for (const [index, [level]] of pages.entries()) {
    if (!level) continue;
    const page = { role: 'page', label: options.pages?.[index], subIfds: subIfds[index] ?? [] } as const;
    await file.append(encodeDirectory(directoryOf(options, level, page), file.end(), index < pages.length - 1));
  }
  return first;
}

type PagePart = Pick<LevelDirectory, 'role'> & Partial<Pick<LevelDirectory, 'label' | 'subIfds'>>;

function directoryOf(options: PyramidOptions, level: LevelState, { role, label, subIfds }: PagePart): LevelDirectory {
  return {
    ...options,
    ...level,
    kind: options.kind ?? 'uint8',
    role,
    label,
    range: options.range,
    subIfds: subIfds ?? [],
    description: role === 'copy' ? undefined : options.description,
  };
}

/** Finest first, each half of the one before, down to the first that fits one tile. */
function levelSizes(full: Size, tileSide: number): readonly Size[] {
  const sizes = [full];
  for (let size = full; Math.max(size.width, size.height) > tileSide; ) {
    size = halfOf(size);
    sizes.push(size);
  }
  return sizes;
}

/** The finest level needs no strip of its own: it writes the caller's. */
function levelState(size: Size, { bands, tileSide, kind = 'uint8' }: PyramidOptions, index: number): LevelState {
  const strip = createSamples(kind, index === 0 ? 0 : size.width * Math.min(size.height, tileSide) * bands);
  return { size, strip, filledRows: 0, writtenRows: 0, tileOffsets: [], tileByteCounts: [] };
}

function encodeTiles(strip: Samples, size: Size, options: PyramidOptions): Promise<Uint8Array[]> {
  const { bands, tileSide, format, kind = 'uint8' } = options;
  const { columns } = gridOf(size, { width: tileSide, height: tileSide });
  const tile = { width: tileSide, height: tileSide };
  const encoded = Array.from({ length: columns }, (_, column) =>
    format.encode(bytesOf(cutTile(strip, size, { bands, tileSide, column, kind })), tile),
  );
  return Promise.all(encoded);
}

/** One tile of a strip. What lies outside the image repeats its last column and row, which compress well and do not ring. */
function cutTile(
  strip: Samples,
  size: Size,
  { bands, tileSide, column, kind }: { bands: number; tileSide: number; column: number; kind: SampleKind },
): Samples {
  const tile = createSamples(kind, tileSide * tileSide * bands);
  const left = column * tileSide;
  const inside = Math.min(tileSide, size.width - left) * bands;
  const rowBytes = tileSide * bands;
  for (let y = 0; y < tileSide; y++) {
    const from = (Math.min(y, size.height - 1) * size.width + left) * bands;
    tile.set(strip.subarray(from, from + inside), y * rowBytes);
    for (let x = inside; x < rowBytes; x++) tile[y * rowBytes + x] = tile[y * rowBytes + x - bands] ?? 0;
  }
  return tile;
}

function littleEndian32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
