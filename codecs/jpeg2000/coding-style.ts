import { CorruptSource } from '../../image/errors.ts';
import { CONTENT, type Segment } from './markers.ts';

/** The order of packets: by layer, resolution, component and position, whichever letter comes first changing slowest. */
export type Progression = 'LRCP' | 'RLCP' | 'RPCL' | 'PCRL' | 'CPRL';

/** How the tiles of an image are coded, as COD says. */
export interface CodingStyle {
  readonly usesSop: boolean;
  readonly usesEph: boolean;
  readonly progression: Progression;
  readonly layers: number;
  /** Whether the first three components are stored as luma and chroma, and come out of the decoder as red, green and blue. */
  readonly transformsColours: boolean;
  /** How often the image is halved. */
  readonly decompositions: number;
  /** Width and height of code-blocks as powers of two. */
  readonly codeBlock: { readonly width: number; readonly height: number };
  readonly blockStyle: number;
  /** By the 5/3 transformation, which loses nothing, not by 9/7. */
  readonly isReversible: boolean;
  /** Width and height of the precincts of each resolution as powers of two, coarsest first. */
  readonly precincts: readonly { readonly width: number; readonly height: number }[];
}

/** Bits of the code-block style. */
export const BLOCK_STYLE = { bypass: 1, terminateAll: 4, highThroughput: 0x40 } as const;

const PROGRESSIONS: readonly Progression[] = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'];
const HAS_PRECINCTS = 1;
const USES_SOP = 2;
const USES_EPH = 4;
const WHOLE = 0xff;
const FIXED_LENGTH = 14;
const MAX_DECOMPOSITIONS = 32;

/** Reads COD. @throws CorruptSource */
export function readCodingStyle({ bytes }: Segment): CodingStyle {
  if (bytes.length < FIXED_LENGTH) throw new CorruptSource('COD is too short');
  const flags = bytes.readUInt8(CONTENT);
  const progression = PROGRESSIONS[bytes.readUInt8(5)];
  const layers = bytes.readUInt16BE(6);
  const decompositions = bytes.readUInt8(9);
  const codeBlock = { width: (bytes.readUInt8(10) & 15) + 2, height: (bytes.readUInt8(11) & 15) + 2 };
  const isCodeBlockSound = codeBlock.width <= 10 && codeBlock.height <= 10 && codeBlock.width + codeBlock.height <= 12;
  if (!progression || layers === 0 || decompositions > MAX_DECOMPOSITIONS || !isCodeBlockSound) {
    throw new CorruptSource('COD holds numbers that there are not');
  }
  const hasPrecincts = (flags & HAS_PRECINCTS) !== 0;
  const length = FIXED_LENGTH + (hasPrecincts ? decompositions + 1 : 0);
  if (bytes.length < length) throw new CorruptSource('COD is too short for its precincts');
  return {
    usesSop: (flags & USES_SOP) !== 0,
    usesEph: (flags & USES_EPH) !== 0,
    progression,
    layers,
    transformsColours: bytes.readUInt8(8) === 1,
    decompositions,
    codeBlock,
    blockStyle: bytes.readUInt8(12),
    isReversible: bytes.readUInt8(13) === 1,
    precincts: Array.from({ length: decompositions + 1 }, (_, resolution) =>
      readPrecinct(hasPrecincts ? bytes.readUInt8(FIXED_LENGTH + resolution) : WHOLE, resolution),
    ),
  };
}

function readPrecinct(size: number, resolution: number): { width: number; height: number } {
  const width = size & 15;
  const height = size >> 4;
  if (resolution > 0 && (width === 0 || height === 0)) throw new CorruptSource('precincts of no width or height');
  return { width, height };
}
