import { clamp } from '../../image/geometry.ts';
import type { ExifEntry } from '../../image/metadata.ts';
import type { IntegerPixels } from '../../image/operations/eight-bits.ts';
import { joinBytes } from '../join-bytes.ts';
import { directoryBytes, longEntry, offsetsEntry, shortEntry } from '../metadata/directory-bytes.ts';
import type { Turns } from '../parts.ts';
import { nextTurn } from '../turns.ts';
import { HEADER } from './directory.ts';
import { bytesOf, SAMPLE_KINDS } from './samples.ts';
import type { TileFormat } from './tile-format.ts';

/** What a strip is to hold at most, in bytes before compression. */
const STRIP_BYTES = 2 ** 19;

/** Rows of a strip are a multiple of this, as JPEG wants them. */
const ROW_STEP = 16;

/** Strips that are encoded side by side. */
const SIDE_BY_SIDE = 2;

/** Strips begin at even addresses. */
const PADDING = new Uint8Array(1);

const UNASSOCIATED_ALPHA = 2;

/** A picture as a classic TIFF file of one directory, in strips; the pixels are not changed. */
export async function writeStrips(pixels: IntegerPixels, format: TileFormat, turns: Turns): Promise<Uint8Array> {
  const rows = rowsPerStrip(pixels);
  const strips = await encodeStrips(pixels, { format, rows }, turns);
  const offsets: number[] = [];
  let end = HEADER.length;
  for (const { length } of strips) {
    offsets.push(end);
    end += length + (length % 2);
  }
  const entries = [...pictureEntries(pixels, format), ...stripEntries(strips, offsets, rows)];
  const header = Buffer.from(HEADER);
  header.writeUInt32LE(end, 4);
  const evenStrips = strips.flatMap((strip) => (strip.length % 2 === 0 ? [strip] : [strip, PADDING]));
  return joinBytes([header, ...evenStrips, directoryBytes(entries, end)], turns);
}

function rowsPerStrip({ width, height, bands, sample }: IntegerPixels): number {
  const rowBytes = width * bands * SAMPLE_KINDS[sample].bytes;
  const rows = Math.max(1, Math.floor(STRIP_BYTES / rowBytes / ROW_STEP)) * ROW_STEP;
  return clamp(rows, 1, height);
}

/** A few at a time, the event loop turning between them: compressing keeps other threads busy, predicting this one. */
async function encodeStrips(
  pixels: IntegerPixels,
  { format, rows }: { readonly format: TileFormat; readonly rows: number },
  { signal }: Turns,
): Promise<Uint8Array[]> {
  const { width, height, bands, data } = pixels;
  const encodeAt = (top: number) => {
    const size = { width, height: Math.min(rows, height - top) };
    const samples = data.slice(top * width * bands, (top + size.height) * width * bands);
    return format.encode(bytesOf(samples), size);
  };
  const tops = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows);
  const strips: Uint8Array[] = [];
  for (let first = 0; first < tops.length; first += SIDE_BY_SIDE) {
    if (first > 0) await nextTurn();
    signal?.throwIfAborted();
    strips.push(...(await Promise.all(tops.slice(first, first + SIDE_BY_SIDE).map(encodeAt))));
  }
  return strips;
}

/** @see TIFF 6.0 sections 8 and 18 */
function pictureEntries({ width, height, bands, hasAlpha, sample }: IntegerPixels, format: TileFormat): ExifEntry[] {
  const stored = format.bands ?? bands;
  const { predictor, chromaSubsampling } = format;
  return [
    longEntry(256, width),
    longEntry(257, height),
    shortEntry(258, ...Array<number>(stored).fill(SAMPLE_KINDS[sample].bits)),
    shortEntry(259, format.compression),
    shortEntry(262, format.photometric),
    shortEntry(277, stored),
    shortEntry(284, 1),
    ...(predictor ? [shortEntry(317, predictor)] : []),
    ...(hasAlpha ? [shortEntry(338, UNASSOCIATED_ALPHA)] : []),
    ...(chromaSubsampling ? [shortEntry(530, ...chromaSubsampling)] : []),
  ];
}

function stripEntries(strips: readonly Uint8Array[], offsets: readonly number[], rows: number): ExifEntry[] {
  const lengths = strips.map(({ length }) => length);
  return [offsetsEntry(273, offsets), longEntry(278, rows), offsetsEntry(279, lengths)];
}
