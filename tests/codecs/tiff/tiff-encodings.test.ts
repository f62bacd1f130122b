import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { loadConfig } from '../../../config/load-config.ts';
import { UnsupportedSource } from '../../../image/errors.ts';
import { wholeOf } from '../../../image/geometry.ts';
import { createApp } from '../../../server/app.ts';
import { fileBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { silentLog } from '../../support/silent-log.ts';
import { positionPicture, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();

/** T.4's codes of runs. @see ITU-T T.4 tables 2 and 3a */
const WHITE: Readonly<Record<number, string>> = {
  0: '00110101',
  1: '000111',
  2: '0111',
  3: '1000',
  5: '1100',
  9: '10100',
  17: '101011',
  64: '11011',
};
const BLACK: Readonly<Record<number, string>> = {
  0: '0000110111',
  1: '010',
  2: '11',
  3: '10',
  5: '0011',
  9: '000100',
  17: '0000011000',
  64: '0000001111',
};

/** Runs of each row, white first, of 100 pixels in all; what is longer than 63 is a 64 and the rest. */
const ROWS: readonly (readonly number[])[] = [
  [17, 3, 17, 9, 17, 5, 17, 3, 2, 5, 5],
  [0, 64 + 17, 17, 2],
  [64 + 17, 9, 5, 3, 2],
  [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 64 + 17, 9],
  [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 5, 3, 2],
];

describe('modified Huffman, which no tool here writes', () => {
  for (const isWhiteZero of [true, false]) {
    for (const isReversed of [false, true]) {
      it(`gives the runs that were coded, and what libvips reads: ${isWhiteZero}, ${isReversed}`, () =>
        withFolder(async (folder) => {
          const path = join(folder, 'rle.tif');
          await writeFile(path, runLengthFile(isWhiteZero, isReversed));
          const expected = ROWS.flatMap((runs) =>
            runs.flatMap((length, index) => Array(length).fill((index % 2 === 0) === isWhiteZero ? 255 : 0)),
          );
          const source = await openSource(await fileBytes(path), TOOLS);
          const { data } = await source.read(source.levels[0], wholeOf(source.levels[0]), SIGNAL);
          await source.close();
          assert.deepEqual([...data], expected);
          assert.deepEqual([...(await vipsSamples(path, folder))], expected);
        }));
    }
  }
});

/** Two rows to a strip, each beginning with a new byte. */
function runLengthFile(isWhiteZero: boolean, isReversed: boolean): Buffer {
  const rows = ROWS.map((runs) => {
    const digits = runs.map((length, index) => codesOf(length, index % 2 === 0 ? WHITE : BLACK)).join('');
    const bytes = digits.padEnd(Math.ceil(digits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    return bytes.map((byte) => Number.parseInt(isReversed ? [...byte].reverse().join('') : byte, 2));
  });
  const strips = [rows.slice(0, 2), rows.slice(2, 4), rows.slice(4)].map((strip) => Uint8Array.from(strip.flat()));
  return writeTiff({
    directories: [
      {
        tags: {
          256: long(100),
          257: long(ROWS.length),
          258: short(1),
          259: short(2),
          262: short(isWhiteZero ? 0 : 1),
          266: short(isReversed ? 2 : 1),
          277: short(1),
          278: long(2),
        },
        tiles: strips,
        isStriped: true,
        next: -1,
      },
    ],
  });
}

function codesOf(length: number, codes: typeof WHITE): string {
  return `${length >= 64 ? codes[64] : ''}${codes[length % 64]}`;
}

const CONVERSION = ['--embedded', '--intent', 'perceptual', '--black-point-compensation'];

describe('CMYK with a colour profile', () => {
  for (const [what, options] of [
    ['8 bits', []],
    ['tiles of JPEG', ['--compression', 'jpeg', '--tile', '--Q', '90']],
    ['a pyramid', ['--compression', 'deflate', '--tile', '--pyramid', '--tile-width', '64', '--tile-height', '64']],
  ] as const) {
    it(`is shown as libvips converts it by the profile: ${what}`, () =>
      withFolder(async (folder) => {
        const [ppm, inks, path, rgb] = ['a.ppm', 'b.v', 'c.tif', 'd.v'].map((name) => join(folder, name));
        assert.ok(ppm && inks && path && rgb);
        await writeNetpbm(ppm, softPicture({ width: 150, height: 110 }, 3));
        await runTool('vips', 'icc_transform', ppm, inks, 'cmyk', '--input-profile', 'srgb');
        await runTool('vips', 'tiffsave', inks, path, ...options);
        await runTool('vips', 'icc_transform', path, rgb, 'srgb', ...CONVERSION);
        const shown = await shownOf(folder, path);
        const theirs = await vipsSamples(rgb, folder);
        assert.ok(meanDifference(shown, theirs) <= 1.25, String(meanDifference(shown, theirs)));
      }));
  }
});

/** The whole image as the server sends it. */
async function shownOf(folder: string, path: string): Promise<Uint8Array> {
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  const { app, close } = await createApp({ config, log: silentLog });
  try {
    const { rawPayload } = await app.inject({ url: `/iiif/3/${basename(path)}/full/max/0/default.png` });
    const png = join(folder, 'shown.png');
    await writeFile(png, rawPayload);
    return await vipsSamples(png, folder);
  } finally {
    await close();
  }
}

describe('compressions that are not read', () => {
  const NAMES: readonly (readonly [number, string])[] = [
    [34925, 'LZMA'],
    [34887, 'LERC'],
    [34661, 'JBIG'],
    [50002, 'JPEG XL'],
    [52546, 'JPEG XL'],
    [32766, 'NeXT'],
    [32809, 'ThunderScan'],
    [34676, 'SGI Log'],
    [60_000, '60000'],
  ];
  for (const [number, name] of NAMES) {
    it(`are named: ${name} (${number})`, async () => {
      const picture = positionPicture({ width: 40, height: 30 }, 3);
      const directory = tiledDirectory(picture, { width: 16, height: 16 }, { tags: { 259: short(number) } });
      await assert.rejects(
        openSource(memoryBytes(writeTiff({ directories: [directory] })), TOOLS),
        (error) => error instanceof UnsupportedSource && error.message.includes(name),
      );
    });
  }
});

function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

function long(...values: number[]): TagSpec {
  return { type: TYPE.long, values };
}
