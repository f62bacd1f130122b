import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Metadata } from '../../../image/metadata.ts';
import { appOver, DESCRIPTION, stubService } from '../stub-app.ts';

const FULL: Metadata = {
  text: {
    rights: 'Say "yes"',
    description: 'one\r\n  two',
    creator: 'Ada',
    date: '2020:01:02 03:04:05',
    software: 'tool',
    title: 'T',
    scale: '1.5',
  },
  xmp: Buffer.from('<x:xmpmeta>ä</x:xmpmeta>'),
  resolution: { x: 300, y: 150, unit: 'inch' },
};

async function ask(objects: string, metadata: Metadata = FULL) {
  const app = await appOver(stubService({ ...DESCRIPTION, metadata }));
  return app.inject(`/iip?FIF=a&${objects}`);
}

describe('IIP objects about metadata', () => {
  it('give the bare text of a field', async () => {
    const response = await ask('OBJ=title&OBJ=scale');
    assert.equal(response.payload, 'T\r\n1.5\r\n');
    assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
  });

  it('keep a text on its line, so that it cannot pass for another object', async () => {
    assert.equal((await ask('OBJ=description')).payload, 'one two\r\n');
  });

  it('sum up five fields, each on its line', async () => {
    const { payload } = await ask('OBJ=Summary-info');
    assert.equal(payload, 'Say "yes"\r\none two\r\nAda\r\n2020:01:02 03:04:05\r\ntool\r\n');
    assert.equal((await ask('OBJ=summary-info', { text: { date: 'now' } })).payload, 'now\r\n');
  });

  it('give all texts as JSON, sorted by name and escaped', async () => {
    const response = await ask('OBJ=metadata');
    assert.equal(response.headers['content-type'], 'application/json');
    assert.deepEqual(response.json(), FULL.text);
    assert.ok(response.payload.startsWith('{ \n\t"creator": "Ada",\n\t"date": '));
    assert.ok(response.payload.endsWith('\n}\r\n'));
  });

  it('give the XMP packet', async () => {
    const response = await ask('OBJ=xmp');
    assert.equal(response.payload, '<x:xmpmeta>ä</x:xmpmeta>\r\n');
    assert.equal(response.headers['content-type'], 'application/xml');
  });

  it('give the resolution in pixels per metre', async () => {
    assert.equal((await ask('OBJ=DPI')).payload, 'DPI:11811.023622 5905.511811\r\n');
    const metric: Metadata = { text: {}, resolution: { x: 118.11, y: 118.11, unit: 'centimetre' } };
    assert.equal((await ask('OBJ=dpi', metric)).payload, 'DPI:11811.000000 11811.000000\r\n');
  });

  it('leave the media type to the last that has one', async () => {
    assert.equal((await ask('OBJ=metadata&OBJ=Max-size')).headers['content-type'], 'application/json');
    assert.equal((await ask('OBJ=metadata&OBJ=title')).headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal((await ask('OBJ=Max-size&OBJ=DPI')).headers['content-type'], 'application/vnd.netfpx');
  });

  it('say nothing about what an image does not have', async () => {
    const unknown: Metadata = { text: {}, resolution: { x: 1, y: 1, unit: 'unknown' } };
    for (const name of ['rights', 'metadata', 'xmp', 'DPI', 'Summary-info', 'keywords', 'last-printed']) {
      const response = await ask(`OBJ=${name}`, unknown);
      assert.deepEqual([response.statusCode, response.payload.includes('2 1')], [400, true], name);
      assert.equal((await ask(`OBJ=${name}&OBJ=Max-size`, unknown)).payload, 'Max-size:1000 700\r\n');
    }
  });
});
