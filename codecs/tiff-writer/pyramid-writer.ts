import { gridOf, type Size } from '../../image/geometry.ts';
import { encodeDirectory, FIRST_DIRECTORY_FIELD, HEADER } from './directory.ts';
import { halfOf, halveInto } from './halve.ts';
import type { TileFormat } from './tile-format.ts';

/** Where the file goes. Bytes come in order, but for the last write, which completes the header. */
export interface ByteSink {
  write(bytes: Uint8Array, offset: number): Promise<void>;
}

/** What is written: 8-bit samples in square tiles, levels halved until one fits a tile. */
export interface PyramidOptions {
  readonly size: Size;
  readonly bands: 1 | 3;
  /** In pixels, a multiple of 16. */
  readonly tileSide: number;
  readonly format: TileFormat;
  /** Goes into the full-resolution directory as ImageDescription. */
  readonly description?: string;
}

/** Takes an image from top to bottom. Calls must not overlap. */
export interface PyramidWriter {
  /**
   * Writes one row of full-resolution tiles, and of coarser ones as they come to be.
   *
   * @param pixels - `tileSide` rows of the image's width, in the last call those that remain; free again afterwards
   */
  writeTileRow(pixels: Uint8Array): Promise<void>;
  /** Writes the directories: only now is it a TIFF. The sink stays open. */
  finish(): Promise<void>;
}

interface LevelState {
  readonly size: Size;
  /** The tile row that is being filled, as wide as the level. */
  readonly strip: Uint8Array;
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
  const levels = sizes.map((levelSize, index) => levelState(levelSize, options, index));
  const file = createAppender(sink);
  let nextRow = 0;
  return {
    async writeTileRow(pixels) {
      const rows = Math.min(tileSide, size.height - nextRow);
      if (rows === 0 || pixels.length !== rows * size.width * bands) {
        throw new RangeError('a tile row must have the pixels of one tile row');
      }
      if (nextRow === 0) await file.append(HEADER);
      nextRow += rows;
      await writeStrip({ options, levels, file }, { index: 0, strip: pixels, rows });
    },
    async finish() {
      if (nextRow < size.height) throw new RangeError('tile rows are missing');
      const first = await writeDirectories({ options, levels, file });
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
  { index, strip, rows }: { index: number; strip: Uint8Array; rows: number },
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

/** Returns the offset of the first one. */
async function writeDirectories({ options, levels, file }: PyramidState): Promise<number> {
  const first = file.end();
  for (const [index, level] of levels.entries()) {
    const isReduced = index > 0;
    const description = isReduced ? undefined : options.description;
    const directory = { ...options, ...level, isReduced, description };
    await file.append(encodeDirectory(directory, file.end(), index < levels.length - 1));
  }
  return first;
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
function levelState(size: Size, { bands, tileSide }: PyramidOptions, index: number): LevelState {
  const strip = new Uint8Array(index === 0 ? 0 : size.width * Math.min(size.height, tileSide) * bands);
  return { size, strip, filledRows: 0, writtenRows: 0, tileOffsets: [], tileByteCounts: [] };
}

function encodeTiles(strip: Uint8Array, size: Size, options: PyramidOptions): Promise<Uint8Array[]> {
  const { bands, tileSide, format } = options;
  const { columns } = gridOf(size, { width: tileSide, height: tileSide });
  const tile = { width: tileSide, height: tileSide };
  const encoded = Array.from({ length: columns }, (_, column) =>
    format.encode(cutTile(strip, size, { bands, tileSide, column }), tile),
  );
  return Promise.all(encoded);
}

/** One tile of a strip. What lies outside the image repeats its last column and row, which compress well and do not ring. */
function cutTile(
  strip: Uint8Array,
  size: Size,
  { bands, tileSide, column }: { bands: number; tileSide: number; column: number },
): Uint8Array {
  const tile = new Uint8Array(tileSide * tileSide * bands);
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
