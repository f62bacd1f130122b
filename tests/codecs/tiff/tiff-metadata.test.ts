import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import type { Metadata } from '../../../image/metadata.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';

const TOOLS = createDecodeTools();
const TILE = { width: 16, height: 16 };
const MEBIBYTE = 2 ** 20;

type Shape = { readonly isBig?: boolean; readonly isLittleEndian?: boolean; readonly bands?: 1 | 3 };

/** A small image with further tags, opened. */
async function open(tags: Record<number, TagSpec>, { bands = 3, ...shape }: Shape = {}) {
  const directory = tiledDirectory(positionPicture(TILE, bands), TILE, { tags });
  const bytes = memoryBytes(writeTiff({ ...shape, directories: [directory] }));
  return { bytes, source: await openSource(bytes, TOOLS) };
}

async function metadataOf(tags: Record<number, TagSpec>, shape: Shape = {}): Promise<Metadata> {
  const { source } = await open(tags, shape);
  return source.metadata();
}

const bytesTag = (values: Iterable<number>): TagSpec => ({ type: TYPE.undefined, values: [...values] });
const textTag = (text: string): TagSpec => ({ type: TYPE.ascii, values: [...Buffer.from(text)] });

const shortTag = (value: number): TagSpec => ({ type: TYPE.short, values: [value] });

/** A small image whose EXIF has these tags: written as the next directory, then linked as EXIF instead. */
function withExif(tags: Record<number, TagSpec>): Buffer {
  const picture = tiledDirectory(positionPicture(TILE, 3), TILE, {
    tags: { 34665: { type: TYPE.long, values: [0] } },
    next: 1,
  });
  const file = writeTiff({ directories: [picture, { tags, next: -1 }] });
  const directory = file.readUInt32LE(4);
  const count = file.readUInt16LE(directory);
  const nextAt = directory + 2 + count * 12;
  const entries = Array.from({ length: count }, (_, index) => directory + 2 + index * 12);
  const pointer = entries.find((at) => file.readUInt16LE(at) === 34665) ?? 0;
  file.copy(file, pointer + 8, nextAt, nextAt + 4);
  file.fill(0, nextAt, nextAt + 4);
  return file;
}

/** A profile of one tag. @param declared - the size it says it has */
function profile(length: number, space = 'RGB ', declared = length): Buffer {
  const icc = Buffer.alloc(length);
  icc.writeUInt32BE(declared);
  icc.write(space, 16, 'latin1');
  icc.write('acsp', 36, 'latin1');
  icc.writeUInt32BE(1, 128);
  icc.write('cprt', 132, 'latin1');
  icc.writeUInt32BE(144, 136);
  icc.writeUInt32BE(Math.max(0, Math.min(length, declared) - 144), 140);
  return icc;
}

describe('the metadata of a TIFF', () => {
  const tags = {
    270: textTag('Größe\0'),
    315: textTag('Ada\0Bob\0'),
    700: bytesTag(Buffer.from('<x/>')),
    34675: bytesTag(profile(200)),
  };

  for (const shape of [{}, { isLittleEndian: false }, { isBig: true }, { isBig: true, isLittleEndian: false }]) {
    it(`is read from ${JSON.stringify(shape)}`, async () => {
      const { text, xmp, icc } = await metadataOf(tags, shape);
      assert.deepEqual(text, { description: 'Größe', creator: 'Ada; Bob' });
      assert.equal(Buffer.from(xmp ?? []).toString(), '<x/>');
      assert.ok(icc && profile(200).equals(icc));
    });
  }

  it('is read once, and not before it is asked for', async () => {
    const { bytes, source } = await open({ 34675: bytesTag(profile(50_000)), 700: bytesTag(Buffer.alloc(90_000)) });
    const opening = bytes.counts.reads;
    await source.profile();
    const withProfile = bytes.counts.reads;
    assert.equal(withProfile, opening + 1);
    await Promise.all([source.metadata(), source.metadata(), source.profile()]);
    const all = bytes.counts.reads;
    assert.ok(all > withProfile);
    await source.metadata();
    assert.equal(bytes.counts.reads, all);
  });

  it('costs no reading of a profile that is not there', async () => {
    const { bytes, source } = await open({ 700: bytesTag(Buffer.alloc(90_000)) });
    const opening = bytes.counts.reads;
    assert.equal(await source.profile(), undefined);
    assert.equal(bytes.counts.reads, opening);
  });

  it('holds blocks of up to a mebibyte', async () => {
    for (const [length, isKept] of [
      [MEBIBYTE, true],
      [MEBIBYTE + 1, false],
    ] as const) {
      const { icc, xmp, iptc } = await metadataOf({
        34675: bytesTag(profile(length)),
        700: bytesTag(Buffer.alloc(length)),
        33723: bytesTag(Buffer.alloc(length)),
      });
      assert.deepEqual(
        [icc?.length, xmp?.length, iptc?.length],
        isKept ? [length, length, length] : [undefined, undefined, undefined],
      );
    }
  });

  it('holds EXIF of up to a mebibyte, and what is shorter beside what is too long', async () => {
    for (const [length, tags] of [
      [MEBIBYTE - 2, [37_510, 41_986]],
      [MEBIBYTE - 1, [37_510]],
      [MEBIBYTE, [37_510]],
      [MEBIBYTE + 1, [41_986]],
    ] as const) {
      const source = await openSource(
        memoryBytes(withExif({ 37510: bytesTag(Buffer.alloc(length)), 41986: shortTag(1) })),
        TOOLS,
      );
      const { exif } = await source.metadata();
      assert.deepEqual(
        exif?.photo.map(({ tag }) => tag),
        tags,
        String(length),
      );
    }
  });

  it('holds texts of up to 64 KiB', async () => {
    assert.equal((await metadataOf({ 270: textTag('a'.repeat(65_536)) })).text.description?.length, 65_536);
    assert.deepEqual((await metadataOf({ 270: textTag('a'.repeat(65_537)) })).text, {});
  });

  it('takes texts that are not UTF-8 for Latin-1', async () => {
    assert.deepEqual((await metadataOf({ 33432: bytesTag([0xa9, 0x20, 0x4d, 0]) })).text, { rights: '© M' });
  });

  it('leaves out profiles that are damaged or of other colours', async () => {
    const isKept = async (icc: Buffer, bands: 1 | 3 = 3) =>
      (await metadataOf({ 34675: bytesTag(icc) }, { bands })).icc !== undefined;
    const unsigned = profile(200).fill(0, 36, 40);
    assert.equal(await isKept(profile(144)), true);
    assert.equal(await isKept(profile(200).fill(0, 128)), false);
    for (const [field, value, kept] of [
      [128, 2, false], // the second entry lies where the first tag is, and points into the header
      [128, 1e9, false],
      [136, 143, false],
      [136, 145, false],
      [140, 57, false],
      [140, 56, true],
    ] as const) {
      const changed = profile(200);
      changed.writeUInt32BE(value, field);
      assert.equal(await isKept(changed), kept, `${value} at ${field}`);
    }
    assert.equal(await isKept(unsigned), false);
    assert.equal(await isKept(profile(200, 'RGB ', 201)), false);
    assert.equal(await isKept(profile(200, 'RGB ', 127)), false);
    assert.equal(await isKept(profile(200, 'CMYK')), false);
    assert.equal(await isKept(profile(200, 'GRAY')), false);
    assert.equal(await isKept(profile(200, 'GRAY'), 1), true);
    assert.equal(await isKept(profile(200, 'RGB '), 1), false);
  });

  it('drops what follows a profile', async () => {
    assert.equal((await metadataOf({ 34675: bytesTag(profile(204, 'RGB ', 201)) })).icc?.length, 201);
  });

  it('leaves out what does not lie in the file, and has the rest', async () => {
    const outside = { type: TYPE.undefined, values: [], count: 500, offset: 2 ** 31 };
    const metadata = await metadataOf({
      700: outside,
      34675: outside,
      34665: { type: TYPE.long, values: [2 ** 31] },
      315: textTag('Ada\0'),
    });
    assert.deepEqual(metadata, { text: { creator: 'Ada' } });
  });

  it('leaves out EXIF that leads back to the image itself without following it', async () => {
    const metadata = await metadataOf({ 34665: { type: TYPE.long, values: [8] } });
    assert.deepEqual(metadata.text, {});
  });
});
