import type { Size } from '../../image/geometry.ts';
import type { ByteSource, Codestream, StoredLevel } from '../../image/source.ts';
import { BLOCK_STYLE } from './coding-style.ts';
import type { LevelSize } from './level-grid.ts';
import { type MainHeader, parseSegments } from './main-header.ts';
import { CONTENT, MARKER, segmentsOf } from './markers.ts';

/** What a precinct that is not limited has for its side, as a power of two. */
const WHOLE = 15;

/** A header of the first tile-part that is longer has packet lengths, or nothing has. */
const LONGEST_HEADER = 2 ** 16;

/** How the levels lie in a codestream: in the blocks that are decoded at once. */
export function storedLevels(
  { style }: MainHeader,
  sizes: readonly LevelSize[],
  blockOf: (level: LevelSize) => Size,
): StoredLevel[] {
  const { isReversible, blockStyle } = style;
  const name = (blockStyle & BLOCK_STYLE.highThroughput) === 0 ? 'JPEG 2000' : 'HTJ2K';
  return sizes.map((size) => {
    const block = blockOf(size);
    return {
      kind: 'blocks',
      part: {
        width: Math.min(Math.ceil(block.width / size.shrink), size.width),
        height: Math.min(Math.ceil(block.height / size.shrink), size.height),
      },
      planes: 1,
      decodedPixels: size.shrink ** 2,
      compression: `${name}, ${isReversible ? '5/3' : '9/7'}`,
      isLossy: !isReversible,
    };
  });
}

/** What decides how dear parts of the image are. @throws CorruptSource */
export async function describeCodestream(header: MainHeader, bytes: ByteSource): Promise<Codestream> {
  const { style, grid } = header;
  const finest = style.precincts.at(-1);
  const hasPrecincts = finest && finest.width < WHOLE && finest.height < WHOLE;
  return {
    ...(grid.columns * grid.rows > 1 && { tile: { width: grid.tile.width, height: grid.tile.height } }),
    ...(hasPrecincts && { precinct: { width: 2 ** finest.width, height: 2 ** finest.height } }),
    progression: style.progression,
    decompositions: style.decompositions,
    hasPacketLengths: await hasPacketLengths(header, bytes),
  };
}

/** Whether the first tile-part has PLT. */
async function hasPacketLengths({ range, byteLength }: MainHeader, bytes: ByteSource): Promise<boolean> {
  const start = Buffer.from(
    await bytes.read(range.offset + byteLength, Math.min(LONGEST_HEADER, range.byteLength - byteLength)),
  );
  const isTilePart = start.length > CONTENT && start.readUInt16BE(0) === MARKER.startOfTilePart;
  const parsed = isTilePart ? parseSegments(start, 0, MARKER.startOfData) : undefined;
  return parsed ? segmentsOf(parsed.segments, MARKER.packetLengths).length > 0 : isTilePart;
}
