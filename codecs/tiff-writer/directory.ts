import type { Size } from '../../image/geometry.ts';
import type { ExifEntry, Metadata } from '../../image/metadata.ts';
import type { PageLabel, SampleRange } from '../../image/source.ts';
import { floatsEntry, longEntry, offsetsEntry, shortEntry, textEntry } from '../metadata/directory-bytes.ts';
import { metadataEntries } from '../metadata/into-tiff.ts';
import { directoryTree } from '../metadata/tag-entries.ts';
import { SAMPLE_KINDS, type SampleKind } from './samples.ts';
import type { TileFormat } from './tile-format.ts';

/** The first bytes of a little-endian classic TIFF, without the offset of its first directory. */
export const HEADER = Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0);

/** Those of a BigTIFF. */
const BIG_HEADER = Uint8Array.of(0x49, 0x49, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** What a file begins with while it is no TIFF yet. */
export function headerOf(isBig: boolean): Uint8Array {
  return isBig ? BIG_HEADER : HEADER;
}

/** The bytes that make the header complete, and where they go. */
export function firstDirectoryField(offset: number, isBig: boolean): { bytes: Uint8Array; at: number } {
  const [entry, at] = isBig ? [offsetsEntry(0, [offset], true), 8] : [offsetsEntry(0, [offset]), 4];
  return { bytes: entry.value, at };
}

/** Everything one level's directory says. */
export interface LevelDirectory {
  readonly size: Size;
  readonly tileSide: number;
  readonly bands: number;
  /** Which band is opacity, where one is. */
  readonly opacityBand: number | undefined;
  readonly format: TileFormat;
  readonly kind: SampleKind;
  /** A page of several, or a reduced copy. */
  readonly role: 'image' | 'page' | 'copy';
  /** What a page says of itself. */
  readonly label: PageLabel | undefined;
  /** What is meant to be seen as black and white, for each band. */
  readonly ranges: readonly SampleRange[] | undefined;
  /** Offsets of the directories of the reduced copies, where they do not follow. */
  readonly subIfds: readonly number[];
  readonly metadata: Metadata;
  readonly tileOffsets: readonly number[];
  readonly tileByteCounts: readonly number[];
}

/** Where a directory stands and in what form. */
export interface DirectoryPlace {
  readonly at: number;
  readonly isBig: boolean;
  /** Whether another directory of the chain follows directly behind it. */
  readonly hasNext: boolean;
}

const SUBFILE_TYPES = { image: 0, copy: 1, page: 2 } as const;

/** Colours of each photometric interpretation: bands above these are something else. */
const COLOURS: ReadonlyMap<number, number> = new Map([
  [2, 3],
  [5, 4],
  [6, 3],
  [8, 3],
]);

/** ExtraSamples: what is not known, and opacity that the colours are not multiplied by. */
const UNKNOWN = 0;
const UNASSOCIATED_ALPHA = 2;

/** One image file directory with its values and those of EXIF behind it, little-endian. */
export function encodeDirectory(level: LevelDirectory, { at, isBig, hasNext }: DirectoryPlace): Uint8Array {
  const entries = [...entriesOf(level, isBig), ...metadataEntries(level.metadata)];
  return directoryTree(entries, level.metadata.exif, at, { isBig, hasNext });
}

/** @see TIFF 6.0 section 8 */
function entriesOf(level: LevelDirectory, isBig: boolean): ExifEntry[] {
  const { size, tileSide, format, label, ranges, subIfds } = level;
  const { bits, format: sampleFormat } = SAMPLE_KINDS[level.kind];
  const bands = format.bands ?? level.bands;
  const perBand = (value: number) => Array<number>(bands).fill(value);
  const extra = extraSamples(level, bands);
  return [
    longEntry(254, SUBFILE_TYPES[level.role]),
    longEntry(256, size.width),
    longEntry(257, size.height),
    shortEntry(258, ...perBand(bits)),
    shortEntry(259, format.compression),
    shortEntry(262, format.photometric),
    ...(label ? [textEntry(269, label.name)] : []),
    shortEntry(277, bands),
    shortEntry(284, 1),
    ...(format.predictor ? [shortEntry(317, format.predictor)] : []),
    longEntry(322, tileSide),
    longEntry(323, tileSide),
    offsetsEntry(324, level.tileOffsets, isBig),
    offsetsEntry(325, level.tileByteCounts, isBig),
    ...(subIfds.length > 0 ? [offsetsEntry(330, subIfds, isBig)] : []),
    ...(extra.length > 0 ? [shortEntry(338, ...extra)] : []),
    ...(level.kind === 'float32' ? [shortEntry(339, ...perBand(sampleFormat))] : []),
    ...(ranges ? [floatsEntry(340, minima(ranges)), floatsEntry(341, maxima(ranges))] : []),
    ...(format.chromaSubsampling ? [shortEntry(530, ...format.chromaSubsampling)] : []),
  ];
}

function minima(ranges: readonly SampleRange[]): number[] {
  return ranges.map(({ min }) => min);
}

function maxima(ranges: readonly SampleRange[]): number[] {
  return ranges.map(({ max }) => max);
}

/** What the bands behind the colours are; WebP makes RGB of grey, so that opacity may have moved. */
function extraSamples({ format, opacityBand }: LevelDirectory, bands: number): number[] {
  const colours = COLOURS.get(format.photometric) ?? 1;
  const extra = Array<number>(bands - colours).fill(UNKNOWN);
  if (opacityBand !== undefined) extra[0] = UNASSOCIATED_ALPHA;
  return extra;
}
