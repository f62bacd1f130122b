import { CorruptSource } from '../../image/errors.ts';
import { readJpegHeader } from '../jpeg/jpeg-header.ts';
import { asBuffer } from '../jpeg/turbo.ts';
import { completeStream, NO_TABLES } from './jpeg-tiles.ts';
import { pictureBands } from './picture-bands.ts';
import { PHOTOMETRIC } from './tags.ts';
import type { DecodeContext, TileCodec, TiledImage } from './tiled-image.ts';

/** Old-style JPEG: each tile is made a stream of its own, of the heading they share, its height and its data. */
export function openOldJpegTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const { tile, oldJpeg } = image;
  const bands = pictureBands(image, 'old-style JPEG');
  // Of three bands libtiff takes none for RGB, whatever the directory says: writers of the time mistook the two.
  const photometric = PHOTOMETRIC.ycbcr;
  const heading = oldJpeg?.stream ? undefined : oldJpeg?.heading;
  return {
    decode(stored, rows) {
      const size = { width: tile.width, height: rows };
      const stream = heading && !isStream(stored) ? joinStream(heading, stored, rows) : endedStream(stored);
      return tools.jpeg.decode(completeStream(stream, NO_TABLES, { ...size, bands, photometric }), { ...size, bands });
    },
  };
}

const END = Uint8Array.of(0xff, 0xd9);
const RST0 = 0xd0;
const RST7 = 0xd7;

function isStream(stored: Uint8Array): boolean {
  return stored[0] === 0xff && stored[1] === 0xd8;
}

/** What follows the picture, such as the rest of the file where its length was left out, does not belong to it. */
function endedStream(stored: Uint8Array): Uint8Array {
  const end = asBuffer(stored).indexOf(END, readJpegHeader(stored).end);
  if (end < 0) throw new CorruptSource('JPEG stream without an end marker');
  return stored.subarray(0, end + END.length);
}

function joinStream(heading: Uint8Array, stored: Uint8Array, rows: number): Uint8Array {
  const end = asBuffer(stored).indexOf(END); // the last strip that is cut from a stream has it
  const data = end < 0 ? stored : stored.subarray(0, end);
  const stream = Buffer.allocUnsafeSlow(heading.length + data.length + END.length);
  stream.set(heading);
  stream.set(data, heading.length);
  stream.set(END, heading.length + data.length);
  const { frame } = readJpegHeader(heading);
  if (frame) stream.writeUInt16BE(rows, frame.start + 5);
  renumberRestarts(stream.subarray(heading.length, heading.length + data.length));
  return stream;
}

/** A strip goes on counting where the one before it ended; as a stream of its own it begins with 0. */
function renumberRestarts(data: Uint8Array): void {
  let count = 0;
  for (let at = 0; at + 1 < data.length; at++) {
    if (data[at] === 0xff && isRestart(Number(data[at + 1]))) data[at + 1] = RST0 + (count++ % 8);
  }
}

function isRestart(marker: number): boolean {
  return marker >= RST0 && marker <= RST7;
}
