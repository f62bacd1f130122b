import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { cutTiles, positionPicture, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { describeSourceContract } from '../source-contract.ts';

const TOOLS = createDecodeTools();
const TILE = { width: 32, height: 16 };
const REDUCED = { 254: { type: TYPE.long, values: [1] } };
const DEFLATE = { 259: { type: TYPE.short, values: [8] } };

const FULL = positionPicture({ width: 129, height: 97 }, 3);
const HALF = positionPicture({ width: 64, height: 48 }, 3, 1);
const QUARTER = positionPicture({ width: 32, height: 24 }, 3, 2);

function openFile(file: Uint8Array) {
  return () => openSource(memoryBytes(file), TOOLS);
}

describeSourceContract(
  'TIFF, RGB in a chain of directories with tiles of different sizes',
  openFile(
    writeTiff({
      directories: [
        tiledDirectory(FULL, TILE, { next: 1 }),
        tiledDirectory(HALF, { width: 16, height: 64 }, { tags: REDUCED, next: 2 }),
        tiledDirectory(QUARTER, { width: 64, height: 64 }, { tags: { ...REDUCED, ...DEFLATE }, encode: deflateSync }),
      ],
    }),
  ),
);

describeSourceContract(
  'BigTIFF, most significant byte first, grey with SubIFDs',
  openFile(
    writeTiff({
      isBig: true,
      isLittleEndian: false,
      directories: [
        {
          ...tiledDirectory(positionPicture({ width: 129, height: 97 }, 1), TILE, {
            tags: DEFLATE,
            encode: deflateSync,
          }),
          subIfds: [1],
        },
        tiledDirectory(positionPicture({ width: 64, height: 48 }, 1), TILE, { tags: REDUCED }),
      ],
    }),
  ),
);

describeSourceContract(
  'TIFF of a single pixel',
  openFile(writeTiff({ directories: [tiledDirectory(positionPicture({ width: 1, height: 1 }, 3), TILE)] })),
);

const SOFT = softPicture({ width: 100, height: 70 }, 3);
const JPEGS = await Promise.all(
  cutTiles(SOFT, TILE).map((tile) =>
    sharp(tile, { raw: { ...TILE, channels: 3 } })
      .jpeg()
      .toBuffer(),
  ),
);
const JPEG_TAGS = { 259: { type: TYPE.short, values: [7] }, 262: { type: TYPE.short, values: [6] } };

describeSourceContract(
  'TIFF of complete JPEG streams',
  openFile(writeTiff({ directories: [{ ...tiledDirectory(SOFT, TILE, { tags: JPEG_TAGS }), tiles: JPEGS }] })),
);
