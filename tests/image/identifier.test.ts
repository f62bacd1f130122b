import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedRequest } from '../../image/errors.ts';
import { identifierBytes, parseIdentifier } from '../../image/identifier.ts';

const REFUSED = {
  'nothing at all': '',
  'a parent segment': '../a.tif',
  'a parent segment inside': 'a/../../b.tif',
  'a parent segment at the end': 'a/..',
  'only a parent segment': '..',
  'a segment that is the folder itself': './a.tif',
  'a backslash': 'a\\b.tif',
  'a NUL': 'a\0.tif',
  'a line feed': 'a\n.tif',
  'a DEL': 'a\u007f.tif',
  'a character that is no byte': 'caf\u0113.tif',
  'characters whose low bytes spell a parent segment': '\u012e\u012e/etc/passwd',
};

const ACCEPTED = [
  'a.tif',
  'a b.tif',
  'a+b',
  '100%',
  'a%2Fb',
  '..a',
  'a..',
  '...',
  '.hidden',
  'ark:/12025/x',
  '/images/a',
];

describe('parseIdentifier', () => {
  for (const [what, path] of Object.entries(REFUSED)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseIdentifier(path), MalformedRequest);
    });
  }

  it('takes names that only look dangerous', () => {
    for (const path of ACCEPTED) assert.equal(parseIdentifier(path), path);
  });

  it('keeps every byte of a file name', () => {
    const anyByte = fc.integer({ min: 0x20, max: 0xff }).filter((byte) => byte !== 0x7f && byte !== 0x5c);
    const property = fc.property(fc.array(anyByte, { minLength: 1, maxLength: 60 }), (bytes) => {
      const path = `x${String.fromCharCode(...bytes)}`.replaceAll('/.', '/x.');
      const expected = [...path].map((character) => character.charCodeAt(0));
      assert.deepEqual([...identifierBytes(parseIdentifier(path))], expected);
    });
    fc.assert(property);
  });
});
