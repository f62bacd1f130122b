import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { vipsSamples, withFolder } from '../../support/vips-tool.ts';
import { startIip } from './iip-files.ts';

/** What commands do to samples, from the address to the picture: values of the protocol's reference, or by hand. */
const iip = startIip();

/** iipsrv cuts off where we round. */
const TOLERANCE = 1;

/** Column of the sample, and what has to be there. */
type Expected = Readonly<Record<number, number | readonly number[]>>;

/** The samples of one row of a picture, by columns. */
async function rowOf(query: string, width: number): Promise<number[][]> {
  const answer = await iip.get(query);
  assert.equal(answer.statusCode, 200, `${query}: ${answer.payload.slice(0, 200)}`);
  const samples = await withFolder(async (folder) => {
    const path = join(folder, 'picture.png');
    await writeFile(path, answer.rawPayload);
    return vipsSamples(path, folder);
  });
  const bands = samples.length / width / 16;
  const row = samples.subarray(8 * width * bands, 9 * width * bands);
  return Array.from({ length: width }, (_, x) => [...row.subarray(x * bands, (x + 1) * bands)]);
}

async function check(query: string, expected: Expected, width = 256): Promise<void> {
  const row = await rowOf(query, width);
  for (const [column, value] of Object.entries(expected)) {
    const wanted = typeof value === 'number' ? [value] : value;
    const actual = row[Number(column)] ?? [];
    assert.equal(actual.length, wanted.length, `${query}: ${actual.length} bands`);
    for (const [band, sample] of actual.entries()) {
      const difference = Math.abs(sample - (wanted[band] ?? Number.NaN));
      assert.ok(difference <= TOLERANCE, `${query}: ${column} gave ${actual}, not ${wanted}`);
    }
  }
}

const ON_GRAY: readonly (readonly [modifiers: string, expected: Expected])[] = [
  ['GAM=1&CNT=1', { 0: 0, 100: 100, 255: 255 }],
  ['CNT=1.5', { 100: 150, 170: 255, 255: 255 }],
  ['CNT=0', { 0: 0, 100: 0, 255: 0 }],
  ['CNT=st', { 0: 0, 100: 100, 255: 255 }],
  ['CNT=-1', { 0: 0, 100: 100, 255: 255 }],
  ['CNT=eq', { 1: 1, 100: 100, 255: 255 }],
  ['GAM=2', { 64: 16, 100: 39, 200: 156 }],
  ['GAM=log', { 1: 31, 10: 110, 64: 191, 128: 223 }],
  ['GAM=-1', { 1: 31, 10: 110, 64: 191, 128: 223 }],
  ['INV', { 0: 255, 128: 127, 255: 0 }],
  ['INV&GAM=2&INV', { 64: 239, 200: 99 }],
  ['MINMAX=0:50,200', { 50: 0, 125: 127.5, 200: 255, 20: 0, 240: 255 }],
  ['MINMAX=-:0,510', { 100: 50, 255: 127.5 }],
  ['MINMAX=7:0,10', { 100: 100 }],
  ['MINMAX=0:255,0', { 0: 255, 100: 155, 255: 0 }],
  ['CMP=hot', { 0: [0, 0, 0], 64: [192, 0, 0], 100: [255, 45, 0], 200: [255, 255, 90], 255: [255, 255, 255] }],
  ['CMP=cold', { 0: [0, 0, 0], 64: [0, 0, 192], 100: [0, 45, 255], 255: [255, 255, 255] }],
  ['CMP=jet', { 0: [0, 0, 127], 64: [0, 128, 255], 128: [129, 255, 125], 200: [255, 92, 0], 255: [127, 0, 0] }],
  ['CMP=red', { 100: [100, 0, 0] }],
  ['CMP=green', { 100: [0, 100, 0] }],
  ['CMP=blue', { 100: [0, 0, 100] }],
  ['CNV=sobel', { 100: 8 }],
  ['CNV=scharr', { 100: 32 }],
  ['CNV=prewitt', { 100: 0 }],
  ['INV&CNV=prewitt', { 100: 6 }],
  ['CNV=laplace', { 100: 0 }],
  ['CNV=gaussian', { 100: 100 }],
  ['CNV=sharpen', { 100: 100 }],
  ['CNV=emboss', { 100: 106 }],
  ['CNV=[2]', { 100: 100 }],
  ['CNV=[-1]', { 100: 0 }],
  ['COL=grey', { 100: 100 }],
  ['COL=binary', { 0: 0, 60: 0, 200: 255, 255: 255 }],
];

/** On a file that says that 50 is black and 100 is white. */
const ON_RANGE: typeof ON_GRAY = [
  ['ROT=0', { 20: 20, 75: 75, 240: 240 }],
  ['COL=grey', { 20: 20, 75: 75, 240: 240 }],
  ['COL=binary', { 20: 0, 75: 0, 240: 255 }],
  ['CNT=eq', { 20: 20, 75: 75, 240: 240 }],
  ['CNT=st', { 20: 20, 75: 75, 240: 240 }],
  ['INV', { 20: 255, 50: 255, 75: 127.5, 90: 51, 100: 0, 240: 0 }],
  ['GAM=2', { 50: 0, 75: 63.75, 90: 163.2, 100: 255 }],
  ['CNT=0.5', { 20: 0, 75: 63.75, 90: 102, 100: 127.5 }],
  ['CMP=red', { 20: [0, 0, 0], 75: [127.5, 0, 0], 100: [255, 0, 0] }],
  ['CNV=gaussian', { 20: 0, 75: 127.5, 90: 204, 240: 255 }],
  ['MINMAX=0:0,255&INV', { 20: 235, 75: 180, 240: 15 }],
];

describe('IIP commands on pictures', () => {
  it('do to grey what the reference says, as tile and as export', async () => {
    for (const [modifiers, expected] of ON_GRAY) {
      await check(`FIF=steps.tif&${modifiers}&PTL=0,0`, expected);
      await check(`FIF=steps.tif&${modifiers}&CVT=png`, expected);
    }
  });

  it('begin with what the file says is black and white, where they are about values', async () => {
    for (const [modifiers, expected] of ON_RANGE) {
      await check(`FIF=ranged.tif&${modifiers}&PTL=0,0`, expected);
      await check(`FIF=ranged.tif&${modifiers}&CVT=png`, expected);
    }
    await check('FIF=ranged3.tif&PTL=0,0', { 60: [60, 60, 60] });
    await check('FIF=ranged3.tif&INV&PTL=0,0', { 60: [204, 178.5, 203] }); // 0.2, 0.3 and 50 / 245 taken from 1
  });

  it('shade three bands that are a normal map', async () => {
    const expected = { 0: 0, 1: 73, 10: 67, 64: 36, 100: 15, 128: 0, 200: 0 };
    await check('FIF=steps3.tif&SHD=45,45&PTL=0,0', expected);
    await check('FIF=steps3.tif&SHD=45,45&CMP=red&PTL=0,0', { 10: [67, 0, 0] });
  });

  it('mix bands by a matrix, a row for each that comes out', async () => {
    await check('FIF=steps3.tif&CTW=[0.5,0,0]&PTL=0,0', { 100: 50 });
    await check('FIF=colour.tif&CTW=[0,0,1;0,1,0;1,0,0]&PTL=0,0', { 5: [200, 150, 100] }, 32);
    await check('FIF=colour.tif&CTW=[1;0,1;0,0,1,9]&PTL=0,0', { 5: [100, 150, 200] }, 32);
    await check('FIF=colour.tif&CTW=[0.5,0.5]&CVT=png', { 5: 125 }, 32);
  });

  it('take the colour away as the eye weighs it', async () => {
    // (1254097 * 100 + 2462056 * 150 + 478151 * 200) >> 22
    await check('FIF=colour.tif&COL=grey&PTL=0,0', { 5: 140 }, 32);
  });

  it('see CIELAB as sRGB', async () => {
    // L* of 50.2: Y is 0.1858 of white, which is 0.4680 in sRGB
    await check('FIF=half-lab.tif&PTL=0,0', { 5: [119, 119, 119] }, 32);
    await check('FIF=half-lab.tif&INV&PTL=0,0', { 5: [136, 136, 136] }, 32);
  });

  it('see inks as sRGB, MINMAX too', async () => {
    const plain = await rowOf('FIF=inks.tif&PTL=0,0', 64);
    assert.ok(plain.some((sample) => sample.some((value) => value > 20)));
    const twice = plain.map((sample) => sample.map((value) => Math.min(255, 2 * value)));
    await check('FIF=inks.tif&MINMAX=-:0,127.5&PTL=0,0', { ...twice }, 64);
  });

  it('are the same whatever their order in the address', async () => {
    const [one, other] = ['INV&CNT=1.2&CMP=jet&GAM=0.7', 'GAM=0.7&CMP=jet&CNT=1.2&INV'];
    assert.deepEqual(
      await rowOf(`FIF=steps.tif&${one}&PTL=0,0`, 256),
      await rowOf(`FIF=steps.tif&${other}&PTL=0,0`, 256),
    );
    const etagOf = async (modifiers: string) => (await iip.get(`FIF=steps.tif&${modifiers}&PTL=0,0`)).headers.etag;
    assert.equal(await etagOf(one), await etagOf(other));
    assert.equal(await etagOf('CNT=1&GAM=1'), await etagOf('ROT=0'));
    assert.notEqual(await etagOf('CNT=1.1'), await etagOf('CNT=1.2'));
  });
});
