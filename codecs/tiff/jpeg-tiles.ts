import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { ExpectedPixels } from '../decode-tools.ts';
import { adobeMarker, colourTransform, silence } from '../jpeg/colour-transform.ts';
import { type JpegHeader, readJpegHeader } from '../jpeg/jpeg-header.ts';
import { assertInside } from './chunk-reader.ts';
import { pictureBands } from './picture-bands.ts';
import { PHOTOMETRIC } from './tags.ts';
import type { DecodeContext, TileCodec, TiledImage } from './tiled-image.ts';

/** What a tile's stream has to be. */
export type ExpectedStream = ExpectedPixels & { readonly photometric: number };

/** The tables that all tiles of an image share, as a JPEG stream without picture. */
export interface SharedTables {
  /** The segments between the start and the end marker. */
  readonly segments: Uint8Array;
  readonly header: JpegHeader;
}

/** Where a stream's memory comes from. */
type TakeMemory = (byteLength: number) => Uint8Array;

/** For what goes out, and is kept by caches. */
const takeFresh: TakeMemory = (byteLength) => Buffer.allocUnsafeSlow(byteLength);

const MAX_TABLES_LENGTH = 65_536;
const MAX_PADDING = 64;
const START = Uint8Array.of(0xff, 0xd8);
/** Those of tiles that bring their own. */
export const NO_TABLES: SharedTables = { segments: new Uint8Array(), header: readJpegHeader(START) };

/** Tiles that are JPEG streams, complete or without the tables that the directory holds for all of them. */
export async function openJpegTiles(image: TiledImage, { bytes, tools }: DecodeContext): Promise<TileCodec> {
  const tables = await readTables(image, bytes);
  const { tile, samples } = image;
  const { photometric } = samples;
  const bands = pictureBands(image, 'JPEG');
  const complete = (stored: Uint8Array, rows: number, take?: TakeMemory) => {
    return completeStream(stored, tables, { width: tile.width, height: rows, bands, photometric }, take);
  };
  async function decode(stored: Uint8Array, rows: number): Promise<Uint8Array> {
    const stream = complete(stored, rows, tools.pool.take);
    try {
      return await tools.jpeg.decode(stream, { width: tile.width, height: rows, bands });
    } finally {
      if (stream.buffer !== stored.buffer) tools.pool.give(stream);
    }
  }
  // RGB beside chroma subsampling contradicts itself: other software may take such streams for YCbCr.
  const isAmbiguous = photometric === PHOTOMETRIC.rgb && image.hasYcbcrSubsampling;
  const isPlain = bands === 1 ? photometric === PHOTOMETRIC.minIsBlack && samples.count === 1 : bands === 3;
  const canGoOut = isPlain && !isAmbiguous;
  return {
    decode,
    ...(canGoOut && { wrap: (stored: Uint8Array) => ({ type: 'jpeg', bytes: complete(stored, tile.height) }) }),
  };
}

async function readTables({ jpegTables }: TiledImage, bytes: DecodeContext['bytes']): Promise<SharedTables> {
  if (!jpegTables || jpegTables.count <= 4) return NO_TABLES;
  const { offset, count } = jpegTables;
  if (count > MAX_TABLES_LENGTH) throw new CorruptSource(`JPEGTables of ${count} bytes`);
  assertInside(offset, count, bytes.size);
  const stream = await bytes.read(offset, count);
  const header = readJpegHeader(stream);
  if (header.frame) throw new CorruptSource('JPEGTables with a frame header');
  return { segments: stream.subarray(2, header.end), header };
}

/**
 * Makes a tile a JPEG file of its own: the tables before the tile's own segments and, where nothing in it tells a decoder
 * the photometric interpretation of the directory, a marker that does. Four bands are taken as they are coded, whatever a
 * marker says, as libtiff does it. The picture itself stays as it was encoded.
 *
 * @throws CorruptSource, UnsupportedSource
 */
export function completeStream(
  stored: Uint8Array,
  tables: SharedTables,
  image: ExpectedStream,
  take: TakeMemory = takeFresh,
): Uint8Array {
  const header = readJpegHeader(stored);
  assertWhole(header, tables.header, image);
  const end = endOfStream(stored);
  const marker = missingMarker(header, tables.header, image);
  const markers = header.colourMarkers.length + tables.header.colourMarkers.length;
  const isContradicted = marker !== undefined || (image.bands === 4 && markers > 0);
  if (!isContradicted && tables.segments.length === 0) return end === stored.length ? stored : stored.subarray(0, end);
  const prefix = 2 + (marker?.length ?? 0);
  const stream = take(prefix + tables.segments.length + end - 2);
  stream.set(START);
  if (marker) stream.set(marker, 2);
  stream.set(tables.segments, prefix);
  stream.set(stored.subarray(2, end), prefix + tables.segments.length);
  if (isContradicted) {
    silence(stream, tables.header.colourMarkers, prefix - 2);
    silence(stream, header.colourMarkers, prefix + tables.segments.length - 2);
  }
  return stream;
}

/** Checks that a decoder would make exactly one full tile of the stream. */
function assertWhole(header: JpegHeader, tables: JpegHeader, { width, height, bands }: ExpectedStream): void {
  const { frame } = header;
  if (!frame) throw new CorruptSource('JPEG tile without a frame header');
  if (frame.process > 2) throw new UnsupportedSource(`JPEG process ${frame.process}`);
  const isFitting = frame.width === width && frame.height === height;
  if (!isFitting || frame.precision !== 8 || frame.componentIds.length !== bands) {
    const kind = `${frame.componentIds.length} components of ${frame.precision} bits`;
    throw new CorruptSource(`JPEG tile of ${frame.width} x ${frame.height}, ${kind}`);
  }
  const defined = header.quantisationTables | tables.quantisationTables;
  if ((frame.quantisation & ~defined) !== 0 || header.huffmanTables + tables.huffmanTables === 0) {
    throw new CorruptSource('JPEG tile whose tables are missing');
  }
}

/** Offset after the end marker. Some writers pad tiles, by a byte or to a word; anything longer is no padding. */
function endOfStream(stored: Uint8Array): number {
  const first = Math.max(2, stored.length - MAX_PADDING);
  for (let end = stored.length; end > first; end--) {
    if (stored[end - 1] === 0xd9 && stored[end - 2] === 0xff) return end;
  }
  throw new CorruptSource('JPEG tile without an end marker');
}

/** The marker that a stream needs to be taken for what the directory says, which is what counts. */
function missingMarker(header: JpegHeader, tables: JpegHeader, image: ExpectedStream): Uint8Array | undefined {
  if (image.bands !== 3) return undefined;
  const wanted = image.photometric === PHOTOMETRIC.rgb ? 0 : 1;
  return colourTransform(header, tables) === wanted ? undefined : adobeMarker(wanted);
}
