import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource, ImageError, UnsupportedSource } from '../../../image/errors.ts';
import { type Rect, wholeOf } from '../../../image/geometry.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { type OldJpegFile, writeOldJpeg, writeOldJpegScans } from '../../support/old-jpeg-files.ts';
import { cutPicture, softPicture } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE } from '../../support/tiff-writer.ts';
import { meanDifference, runTool, vipsSamples, withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const SIZE = { width: 100, height: 76 };
const TILE = { width: 48, height: 32 };
const COLOUR = softPicture(SIZE, 3);
const GRAY = softPicture(SIZE, 1);

/** libtiff repeats chroma where we interpolate it; rounding differs by 1. */
const LOSSY_MEAN = 1;

/** What JPEG of this quality itself changes. */
const JPEG_MEAN = 3;

/** What libtiff, the judge, reads; tiles and strips in big-endian files it mixes up. */
const READ_BY_LIBTIFF: readonly Pick<OldJpegFile, 'form' | 'part'>[] = [
  { form: 'tables', part: 76 },
  { form: 'tables', part: 32 },
  { form: 'heading', part: 76 },
  { form: 'heading', part: 32 },
  { form: 'stream', part: 76 },
  { form: 'stream', part: 32 },
  { form: 'complete strips', part: 76 },
];

describe('old-style JPEG in TIFF', () => {
  for (const layout of READ_BY_LIBTIFF) {
    for (const sampling of ['4:4:4', '4:2:0'] as const) {
      for (const picture of [COLOUR, GRAY]) {
        const file: OldJpegFile = { ...layout, picture, sampling };
        it(`gives the pixels that libtiff gives: ${nameOf(file)}`, () => compareWithLibtiff(file));
        it(`gives the same in the other byte order: ${nameOf(file)}`, async () => {
          const other = await decode({ ...file, isLittleEndian: false }, wholeOf(SIZE));
          assert.deepEqual(other, await decode(file, wholeOf(SIZE)));
        });
      }
    }
  }

  it('is read from a stream whose length the file leaves out', () =>
    compareWithLibtiff({ form: 'stream', part: 76, picture: COLOUR, sampling: '4:2:0', hasNoLength: true }));

  it('is read from planes that are the scans of one stream', async () => {
    await compareFile(await writeOldJpegScans(COLOUR), 3);
  });

  it('needs no StripByteCounts where it is one stream, and is damaged where its strips have no length else', async () => {
    const file = { part: 32, picture: COLOUR, sampling: '4:4:4' } as const;
    await compareFile(withoutByteCounts(await writeOldJpeg({ ...file, form: 'stream' })), 3);
    const heading = withoutByteCounts(await writeOldJpeg({ ...file, form: 'heading' }));
    await assert.rejects(decodeFile(heading, wholeOf(SIZE)), CorruptSource);
  });

  it('is read where each strip is a stream of its own, and from tiles in several rows', async () => {
    for (const form of ['complete strips', 'heading', 'tables'] as const) {
      for (const part of [32, TILE]) {
        const pixels = await decode({ form, part, picture: COLOUR, sampling: '4:4:4' }, wholeOf(SIZE));
        assert.ok(meanDifference(pixels, COLOUR.data) <= JPEG_MEAN, `${form}: ${meanDifference(pixels, COLOUR.data)}`);
      }
    }
  });

  it('is YCbCr even where the directory says RGB, as libtiff takes it', () =>
    compareWithLibtiff({ form: 'tables', part: 32, picture: COLOUR, sampling: '4:4:4', tags: { 262: short(2) } }));

  it('gives the same from strips cut out of a stream as from the stream, restart markers and all', async () => {
    for (const sampling of ['4:4:4', '4:2:0'] as const) {
      const stream: OldJpegFile = { form: 'stream', part: 16, picture: COLOUR, sampling };
      const whole = await decode(stream, wholeOf(SIZE));
      assert.ok(meanDifference(whole, COLOUR.data) <= JPEG_MEAN);
      for (const partsPerStrip of [1, 2, 3]) {
        const strips = await decode({ ...stream, partsPerStrip }, wholeOf(SIZE));
        assert.ok(meanDifference(strips, COLOUR.data) <= JPEG_MEAN, `${partsPerStrip} to a strip`);
        if (sampling === '4:4:4') assert.deepEqual(strips, whole); // shared chroma is interpolated across what is cut
      }
    }
  });

  it('cuts windows out of strips, tiles and streams', async () => {
    const window = { x: 41, y: 27, width: 33, height: 40 };
    for (const layout of READ_BY_LIBTIFF) {
      const file: OldJpegFile = { ...layout, picture: COLOUR, sampling: '4:2:0' };
      const whole = { ...COLOUR, data: await decode(file, wholeOf(SIZE)) };
      assert.deepEqual(await decode(file, window), Buffer.from(cutPicture(whole, window, window)));
    }
  });
});

const FAULTS: readonly (readonly [string, Partial<OldJpegFile>, typeof CorruptSource | typeof UnsupportedSource])[] = [
  ['a quantisation table past the end', { tags: { 519: long(2 ** 31, 8, 8) } }, CorruptSource],
  ['a DC table past the end', { tags: { 520: long(2 ** 32 - 1, 8, 8) } }, CorruptSource],
  ['too few AC tables', { tags: { 521: long(8) } }, CorruptSource],
  [
    '4,294,967,295 quantisation tables',
    { tags: { 519: { ...long(8), count: 2 ** 32 - 1, offset: 8 } } },
    CorruptSource,
  ],
  ['DC tables that are text', { tags: { 520: { type: TYPE.ascii, values: [8, 8, 8] } } }, CorruptSource],
  ['a quantisation table with a 0', { damage: ([table]) => table?.fill(0, 9, 10) }, CorruptSource],
  ['a Huffman table of more than 256 codes', { damage: (tables) => tables.at(-1)?.fill(255, 0, 16) }, CorruptSource],
  ['a Huffman table without codes', { damage: (tables) => tables.at(-1)?.fill(0, 0, 16) }, CorruptSource],
  ['a Huffman table whose codes overflow', { damage: (tables) => tables.at(-1)?.fill(9, 0, 16) }, CorruptSource],
  ['DC codes for 200 bits', { damage: (tables) => tables.at(2)?.fill(200, 16) }, CorruptSource],
  ['data cut short', { tags: { 279: long(200, 200, 200) } }, CorruptSource],
  ['chroma subsampling by 3', { tags: { 530: short(3, 1) } }, CorruptSource],
  ['lossless coding', { tags: { 512: short(14) } }, UnsupportedSource],
  ['planes', { tags: { 284: short(2) } }, UnsupportedSource],
  ['samples of 12 bits', { tags: { 258: short(12, 12, 12) } }, UnsupportedSource],
  ['a stream past the end', { form: 'stream', tags: { 513: long(2 ** 31) } }, CorruptSource],
  ['a stream longer than the file', { form: 'stream', tags: { 514: long(2 ** 31) } }, CorruptSource],
  ['a stream that is none', { form: 'stream', tags: { 513: long(9) } }, CorruptSource],
  ['a stream cut in its heading', { form: 'stream', tags: { 514: long(300) } }, CorruptSource],
  ['a stream of another height', { form: 'stream', tags: { 257: long(80) } }, CorruptSource],
  ['a stream of another width', { form: 'stream', tags: { 256: long(101) } }, CorruptSource],
  ['a heading of another width', { form: 'heading', tags: { 256: long(101) } }, CorruptSource],
  ['strips that are no streams, without tables', { form: 'heading', tags: { 513: long(0) } }, CorruptSource],
];

describe('damaged old-style JPEG', () => {
  for (const [what, changes, kind] of FAULTS) {
    it(`is refused: ${what}`, async () => {
      const file: OldJpegFile = { form: 'tables', part: 32, picture: COLOUR, sampling: '4:4:4', ...changes };
      await assert.rejects(decode(file, wholeOf(SIZE)), kind);
    });
  }

  it('is an error, or the same pixels, wherever it is cut', async () => {
    for (const form of ['tables', 'heading', 'stream'] as const) {
      const stored = await writeOldJpeg({ form, part: 32, picture: COLOUR, sampling: '4:2:0' });
      const directory = stored.subarray(stored.readUInt32LE(4));
      const whole = await decodeFile(stored, wholeOf(SIZE));
      for (let at = 8; at < stored.length - directory.length; at += 97) {
        const damaged = Buffer.from(stored).fill(0xff, at, stored.length - directory.length);
        const pixels = await decodeFile(damaged, wholeOf(SIZE)).catch((error: unknown) => {
          assert.ok(error instanceof ImageError, String(error));
        });
        assert.ok(!pixels || pixels.equals(whole), `${form} filled from ${at} on`);
      }
    }
  });
});

function nameOf({ form, part, picture, sampling }: OldJpegFile): string {
  const parts = typeof part === 'number' ? `strips of ${part}` : 'tiles';
  return `${form}, ${parts}, ${picture.bands} × 8, ${sampling}`;
}

async function compareWithLibtiff(file: OldJpegFile): Promise<void> {
  const ours = await compareFile(await writeOldJpeg(file), file.picture.bands);
  assert.ok(meanDifference(ours, file.picture.data) <= JPEG_MEAN, `${meanDifference(ours, file.picture.data)}`);
}

/** The samples that libtiff gives as well. */
async function compareFile(stored: Buffer, bands: 1 | 3): Promise<Buffer> {
  const ours = await decodeFile(stored, wholeOf(SIZE));
  const theirs = await withFolder(async (folder) => {
    const [path, rgba] = [join(folder, 'a.tif'), join(folder, 'rgba.tif')];
    await writeFile(path, stored);
    await runTool('tiff2rgba', '-c', 'none', path, rgba);
    return withoutAlpha(await vipsSamples(rgba, folder), bands);
  });
  assert.ok(meanDifference(ours, theirs) <= LOSSY_MEAN, `${meanDifference(ours, theirs)} from libtiff`);
  return ours;
}

/** The file with another tag in place of StripByteCounts. */
function withoutByteCounts(file: Buffer): Buffer {
  const directory = file.readUInt32LE(4);
  for (let at = directory + 2; at < directory + 2 + 12 * file.readUInt16LE(directory); at += 12) {
    if (file.readUInt16LE(at) === 279) file.writeUInt16LE(65_000, at);
  }
  return file;
}

/** @param bands - 1 for the first of three that are alike */
function withoutAlpha(rgba: Uint8Array, bands: 1 | 3): Uint8Array {
  return rgba.filter((_, index) => index % 4 < bands);
}

async function decode(file: OldJpegFile, window: Rect): Promise<Buffer> {
  return decodeFile(await writeOldJpeg(file), window);
}

async function decodeFile(stored: Uint8Array, window: Rect): Promise<Buffer> {
  const source = await openSource(memoryBytes(stored), TOOLS);
  const { data } = await source.read(source.levels[0], window, SIGNAL);
  return Buffer.from(data);
}

function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

function long(...values: number[]): TagSpec {
  return { type: TYPE.long, values };
}
