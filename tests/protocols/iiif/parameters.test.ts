import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedRequest } from '../../../image/errors.ts';
import { qualitiesOf } from '../../../protocols/iiif/offers.ts';
import {
  parseFormat,
  parseIiif,
  parseQuality,
  parseRegion,
  parseRotation,
  parseSize,
} from '../../../protocols/iiif/parse.ts';

describe('the parameters of a IIIF URL', () => {
  const malformed: readonly (readonly [part: string, parse: () => unknown])[] = [
    ...[
      '',
      'FULL',
      'half',
      '0,0,9',
      '0,0,9,9,9',
      '0,0,0,9',
      '0,0,9,0',
      '-1,0,9,9',
      '1.5,0,9,9',
      '0,0,9,9 ',
      'pct:',
      'pct:0,0,0,9',
      'pct:.,0,9,9',
      'pct:5.,0,9,9',
      'pct:-1,0,9,9',
      'pct:1e1,0,9,9',
      'full,32912,500,500',
      'square,1',
      '0,0,2147483648,9',
    ].map((text) => ['region', () => parseRegion(text)] as const),
    ...[
      '',
      ',',
      '^',
      'full',
      '^full',
      'MAX',
      '0,',
      ',0',
      '0,9',
      '!9,',
      '!,9',
      '!9',
      '9',
      '300abc,',
      '9,9,9',
      'pct:',
      'pct:0',
      'pct:-1',
      'pct:1e2',
      '^^9,',
      '!^9,9',
      '2147483648,',
    ].map((text) => ['size', () => parseSize(text, 3)] as const),
    ...['^max', '^9,', '^pct:50', '^!9,9', '0,'].map((text) => ['size', () => parseSize(text, 2)] as const),
    ...['', '!', '361', '360.5', '45.', '4.5.6', '450', '-90', '+90', '!!90', '9e1', 'abc'].map(
      (text) => ['rotation', () => parseRotation(text)] as const,
    ),
    ...['', 'Default', 'native', 'grey', 'negative'].map(
      (text) => ['quality', () => parseQuality(text, qualitiesOf(false))] as const,
    ),
    ...['', 'jpeg', 'JPG', 'jpx', 'bmp', 'constructor'].map((text) => ['format', () => parseFormat(text)] as const),
    ...['x/full/max/0/default', 'x/full/max/0/'].map(
      (text) =>
        ['quality', () => parseIiif(text, { version: 3, pageDelimiter: '', qualities: qualitiesOf(false) })] as const,
    ),
  ];

  it('names the malformed part', () => {
    for (const [part, parse] of malformed) {
      assert.throws(parse, (error) => error instanceof MalformedRequest && error.part === part, parse.toString());
    }
  });

  it('lets version 2 enlarge every size but max and full', () => {
    assert.deepEqual(parseSize('full', 2), { scale: { kind: 'max' }, upscale: false });
    assert.deepEqual(parseSize('max', 2), { scale: { kind: 'max' }, upscale: false });
    assert.deepEqual(parseSize('9,', 2), { scale: { kind: 'width', pixels: 9 }, upscale: true });
    assert.deepEqual(parseSize('!9,8', 2), { scale: { kind: 'fit', within: { width: 9, height: 8 } }, upscale: false });
  });

  it('reads 360 degrees and whole decimals as the angle they are', () => {
    assert.deepEqual(parseRotation('360'), { mirror: false, degrees: 0 });
    assert.deepEqual(parseRotation('!90.0'), { mirror: true, degrees: 90 });
    assert.deepEqual(parseRotation('22.5'), { mirror: false, degrees: 22.5 });
  });
});
