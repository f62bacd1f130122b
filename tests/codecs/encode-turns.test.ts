import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createEncoders } from '../../codecs/encode/create-encoders.ts';
import type { EncodablePixels, EncodedForm } from '../../codecs/encode/encoder.ts';
import { joinBytes } from '../../codecs/join-bytes.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';

const DEFAULTS = {
  jpegQuality: 75,
  pngLevel: 1,
  webpQuality: 50,
  avifQuality: 50,
  tiffCompression: 'deflate',
  tiffQuality: 1,
  matte: { red: 255, green: 255, blue: 255 },
} as const;

/** Most pixels that may be worked on before others have their turn. */
const LARGEST_PART = 2 ** 17;

/** Rows as wide as an export may be. */
const SIZE = { width: 5000, height: 160 };
const FEWEST_TURNS = Math.floor((SIZE.width * SIZE.height) / LARGEST_PART);

function pixelsOf(bands: number, sample: EncodablePixels['sample']): EncodablePixels {
  const shape = { ...SIZE, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha: bands % 2 === 0 } as const;
  const length = SIZE.width * SIZE.height * bands;
  const sampleAt = (_: unknown, index: number) => (index * 31) ^ (index >> 9);
  return sample === 'uint8'
    ? { ...shape, sample, data: Uint8Array.from({ length }, sampleAt) }
    : { ...shape, sample, data: Uint16Array.from({ length }, sampleAt) };
}

/** Encoders of a process, whose turns `takeTurn` is asked for. */
function encodersWith(takeTurn: () => undefined) {
  const jpeg2000 = createJpeg2000Codec({ threads: 1 });
  return createEncoders(DEFAULTS, { ...createDecodeTools(), turbo: loadTurbo(), jpeg2000, takeTurn });
}

const WORK: readonly (readonly [string, EncodablePixels, EncodedForm])[] = [
  ['opacity laid upon a matte in JPEG', pixelsOf(4, 'uint8'), { type: 'jpeg' }],
  ['16 bits made 8 in JPEG', pixelsOf(3, 'uint16'), { type: 'jpeg' }],
  ['16 bits made 8 in WebP', pixelsOf(3, 'uint16'), { type: 'webp', quality: 20 }],
  ['16 bits made 8 in GIF', pixelsOf(1, 'uint16'), { type: 'gif' }],
  ['bands left out in PNG', pixelsOf(5, 'uint8'), { type: 'png' }],
  ['opacity laid upon a matte in TIFF', pixelsOf(4, 'uint8'), { type: 'tiff', compression: 'jpeg', quality: 80 }],
  ['opacity laid upon a matte in PDF', pixelsOf(2, 'uint8'), { type: 'pdf' }],
  ['differences taken in PDF', pixelsOf(3, 'uint8'), { type: 'pdf', quality: -1 }],
  ['black and white packed in PDF', { ...pixelsOf(1, 'uint8'), ...blackAndWhite() }, { type: 'pdf' }],
];

function blackAndWhite() {
  return {
    sample: 'uint8',
    data: new Uint8Array(SIZE.width * SIZE.height).map((_, at) => (at % 3 ? 0 : 255)),
  } as const;
}

describe('encoding a large picture', () => {
  for (const [what, pixels, form] of WORK) {
    it(`is done in parts: ${what}`, async () => {
      let turns = 0;
      await encodersWith(() => void turns++)[form.type](pixels, form);
      assert.ok(turns >= FEWEST_TURNS, `${turns} turns of ${FEWEST_TURNS}`);
    });

    it(`ends when nobody waits any more: ${what}`, async () => {
      const leaving = new AbortController();
      const encoders = encodersWith(() => void leaving.abort());
      await assert.rejects(encoders[form.type](pixels, form, leaving.signal), { name: 'AbortError' });
    });
  }

  it('ends when nobody waits any more: on the thread for JPEG 2000', async () => {
    const encode = encodersWith(() => undefined).jp2;
    const leaving = new AbortController();
    const encoding = encode(pixelsOf(3, 'uint16'), { type: 'jp2', quality: -1 }, leaving.signal);
    leaving.abort();
    await assert.rejects(encoding, { name: 'AbortError' });
    const small = { ...pixelsOf(1, 'uint8'), width: 16, height: 16, data: new Uint8Array(256) } as const;
    assert.ok((await encode({ ...small, sample: 'uint8' }, { type: 'jp2' })).length > 0, 'the thread is free again');
  });
});

describe('the pieces of a large file', () => {
  const PIECES = [3, 9 * 2 ** 20 + 1, 0, 5 * 2 ** 20].map((length, index) => new Uint8Array(length).fill(index + 1));

  it('are joined a few megabytes at a time', async () => {
    let turns = 0;
    const joined = await joinBytes(PIECES, { takeTurn: () => void turns++ });
    assert.ok(Buffer.concat(PIECES).equals(joined));
    assert.ok(turns >= 4, `${turns} turns`);
  });

  it('are left alone once nobody waits', async () => {
    await assert.rejects(joinBytes(PIECES, { takeTurn: () => undefined, signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });
});
