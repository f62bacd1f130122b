import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sealImage, unsealImage } from '../../../server/cache/envelope.ts';

const anyImage = fc.record({
  mediaType: fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/tiff'),
  body: fc.uint8Array({ maxLength: 500 }),
});

describe('envelope of a shared cache', () => {
  it('gives back what was sealed', () => {
    const property = fc.property(fc.string(), anyImage, (key, image) => {
      const opened = unsealImage(key, sealImage(key, image));
      assert.equal(opened?.mediaType, image.mediaType);
      assert.deepEqual(Uint8Array.from(opened.body), image.body);
    });
    fc.assert(property);
  });

  it('gives out memory of its own, and not all that came with it', () => {
    const opened = unsealImage('key', sealImage('key', { mediaType: 'image/png', body: new Uint8Array(40) }));
    assert.equal(opened?.body.buffer.byteLength, 40);
  });

  it('misses on the value of another key', () => {
    const property = fc.property(fc.string(), fc.string(), anyImage, (key, other, image) => {
      fc.pre(key !== other);
      assert.equal(unsealImage(other, sealImage(key, image)), undefined);
    });
    fc.assert(property);
  });

  it('misses when any byte has changed', () => {
    const property = fc.property(anyImage, fc.nat(), fc.integer({ min: 1, max: 255 }), (image, position, change) => {
      const sealed = sealImage('key', image);
      const at = position % sealed.length;
      sealed.writeUInt8(sealed.readUInt8(at) ^ change, at);
      assert.equal(unsealImage('key', sealed), undefined);
    });
    fc.assert(property);
  });

  it('misses on every shorter and on random values', () => {
    const sealed = sealImage('key', { mediaType: 'image/png', body: Uint8Array.from({ length: 40 }, (_, n) => n) });
    for (let length = 0; length < sealed.length; length++) {
      assert.equal(unsealImage('key', sealed.subarray(0, length)), undefined);
    }
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(unsealImage('key', Buffer.from(bytes)), undefined);
    });
    fc.assert(property);
  });
});
