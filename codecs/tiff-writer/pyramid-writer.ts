import { gridOf, type Size } from '../../image/geometry.ts';
import type { Metadata } from '../../image/metadata.ts';
import type { PageLabel, SampleRange } from '../../image/source.ts';
import { type Appender, type ByteSink, createAppender } from './appender.ts';
import { cutTile } from './cut-tile.ts';
import { halfOf, halveInto } from './halve.ts';
import { type LevelTiles, writeDirectories } from './pyramid-directories.ts';
import { bytesOf, createSamples, type SampleKind, type Samples } from './samples.ts';
import type { TileFormat } from './tile-format.ts';

/** What is written: samples in square tiles, levels halved until one fits a tile. */
export interface PyramidOptions {
  readonly size: Size;
  readonly bands: number;
  /** Which band is opacity, that the colours are not multiplied by. */
  readonly opacityBand?: number | undefined;
  /** 8-bit unless it says otherwise. */
  readonly kind?: SampleKind;
  /** In pixels, a multiple of 16. */
  readonly tileSide: number;
  readonly format: TileFormat;
  /** What the full-resolution directory says beside pixels. */
  readonly metadata?: Metadata;
  /** What is meant to be seen as black and white, for each band. */
  readonly ranges?: readonly SampleRange[] | undefined;
  /** Several pages of the same size, one after the other, with their copies as SubIFDs. */
  readonly pages?: readonly PageLabel[];
  /** Whether copies are SubIFDs of their page, or follow it in the chain; pages have SubIFDs anyway. */
  readonly hasSubIfds?: boolean;
  /** BigTIFF, which a file needs that grows over 4 GiB. */
  readonly isBig?: boolean;
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

interface LevelState extends LevelTiles {
  /** The tile row that is being filled, as wide as the level. */
  readonly strip: Samples;
  filledRows: number;
  writtenRows: number;
}

/** Tiles that are encoded side by side. */
const SIDE_BY_SIDE = 16;

/** Starts a TIFF, classic unless it says otherwise. Memory is about two tile rows of full width, and that of the caller. */
export function createPyramidWriter(options: PyramidOptions, sink: ByteSink): PyramidWriter {
  const { size, bands, tileSide } = options;
  if (tileSide % 16 !== 0) throw new RangeError('the tile side must be a multiple of 16');
  const sizes = levelSizes(size, tileSide);
  const startPage = () => sizes.map((levelSize, index) => levelState(levelSize, options, index));
  const pages = [startPage()];
  const file = createAppender(sink, options.isBig ?? false);
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
      nextRow += rows;
      await writeStrip({ options, levels: pages.at(-1) ?? [], file }, { index: 0, strip: pixels, rows });
    },
    async finish() {
      if (nextRow < size.height || pages.length < pageCount) throw new RangeError('tile rows are missing');
      await file.finish(await writeDirectories({ options, pages, file }));
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
  await writeTiles(state, level, strip, size);
  level.writtenRows += rows;
  const coarser = state.levels[index + 1];
  if (!coarser) return;
  const { bands, tileSide } = state.options;
  halveInto(strip, size, state.options, coarser.strip.subarray(coarser.filledRows * coarser.size.width * bands));
  coarser.filledRows += halfOf(size).height;
  const isLast = coarser.writtenRows + coarser.filledRows === coarser.size.height;
  if (!isLast && coarser.filledRows < tileSide) return;
  const filled = coarser.filledRows;
  coarser.filledRows = 0;
  await writeStrip(state, { index: index + 1, strip: coarser.strip, rows: filled });
}

/** A few tiles at a time: compressing keeps other threads busy, and what is written at once is written fast. */
async function writeTiles({ options, file }: PyramidState, level: LevelState, strip: Samples, size: Size) {
  const { bands, tileSide, format, kind = 'uint8' } = options;
  const { columns } = gridOf(size, { width: tileSide, height: tileSide });
  const tile = { width: tileSide, height: tileSide };
  const encode = (column: number) =>
    format.encode(bytesOf(cutTile(strip, size, { bands, tileSide, column, kind })), tile);
  for (let first = 0; first < columns; first += SIDE_BY_SIDE) {
    const count = Math.min(SIDE_BY_SIDE, columns - first);
    const tiles = await Promise.all(Array.from({ length: count }, async (_, index) => encode(first + index)));
    level.tileOffsets.push(...(await file.append(tiles)));
    level.tileByteCounts.push(...tiles.map(({ length }) => length));
  }
}

/** Finest first, each half of the one before, down to the first that fits one tile. */
export function levelSizes(full: Size, tileSide: number): readonly Size[] {
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
