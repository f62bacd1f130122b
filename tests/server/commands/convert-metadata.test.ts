import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCommand } from '../../support/run-command.ts';
import { meanDifference, runTool, vipsSamples } from '../../support/vips-tool.ts';

const TAGS = [
  '-XMP-dc:Creator=Maria Müller',
  '-IPTC:Headline=Dusk',
  '-EXIF:Artist=Maria',
  '-EXIF:Copyright=CC BY 4.0',
  '-EXIF:ImageDescription=The harbour, at dusk',
  '-EXIF:FNumber=5.6',
  '-EXIF:ISO=200',
  '-EXIF:ExifImageWidth=90',
  '-EXIF:DateTimeOriginal=2021:03:04 05:06:07',
  '-EXIF:GPSLatitude=54.5',
  '-EXIF:GPSLatitudeRef=N',
  '-EXIF:XResolution=400',
  '-EXIF:YResolution=400',
  '-EXIF:ResolutionUnit=inches',
];

/** What must come out as it went in, as exiftool names it. */
const KEPT = [
  'Artist',
  'Copyright',
  'Creator',
  'DateTimeOriginal',
  'FNumber',
  'GPSLatitude',
  'Headline',
  'ImageDescription',
  'ISO',
  'ProfileDescription',
  'ResolutionUnit',
  'XResolution',
  'YResolution',
];

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-convert-metadata-'));
});

after(() => rm(folder, { recursive: true }));

describe('what mezzotint convert keeps beside pixels', () => {
  for (const layout of ['ifd', 'subifd']) {
    it(`is all there, by exiftool: ${layout}`, async () => {
      const input = await tagged(`${layout}.jpg`);
      assert.equal((await runCommand(['convert', `${layout}.jpg`, 'out', '--layout', layout], folder)).code, 0);
      const output = join(folder, 'out', `${layout}.tif`);
      const [before, after] = [await tagsOf(input), await tagsOf(output)];
      for (const tag of KEPT) {
        assert.notEqual(before[tag], undefined, tag);
        assert.deepEqual(after[tag], before[tag], tag);
      }
      assert.equal(after.Warning, undefined);
      assert.equal(await runTool('sh', '-c', 'tiffinfo "$0" 2>&1 >/dev/null', output), '');
      const profile = (path: string) => runTool('sh', '-c', 'exiftool -b -icc_profile "$0" | sha256sum', path);
      assert.equal(await profile(output), await profile(input));
    });
  }

  for (const orientation of [2, 3, 6, 8]) {
    it(`stands upright: orientation ${orientation}`, async () => {
      const input = await tagged(`turned-${orientation}.jpg`);
      await runTool('exiftool', '-overwrite_original', '-n', `-Orientation=${orientation}`, input);
      const options = ['--compression', 'none', '--tile-size', '32'];
      assert.equal((await runCommand(['convert', `turned-${orientation}.jpg`, 'out', ...options], folder)).code, 0);
      const output = join(folder, 'out', `turned-${orientation}.tif`);
      const upright = join(folder, 'upright.v');
      await runTool('vips', 'autorot', input, upright);
      assert.equal(
        await runTool('vipsheader', '-f', 'width', output),
        await runTool('vipsheader', '-f', 'width', upright),
      );
      const expected = await vipsSamples(upright, folder);
      assert.equal(meanDifference(await vipsSamples(output, folder), expected), 0);
      assert.equal((await tagsOf(output)).Orientation, undefined);
    });
  }

  it('says what is black and white of numbers that become real ones', async () => {
    await runTool('vips', 'gaussnoise', join(folder, 'noise.v'), '300', '200');
    await runTool('vips', 'cast', join(folder, 'noise.v'), join(folder, 'signed.v'), 'short');
    await runTool('vips', 'tiffsave', join(folder, 'signed.v'), join(folder, 'signed.tif'));
    assert.equal((await runCommand(['convert', 'signed.tif', 'out'], folder)).code, 0);
    const tags = await tagsOf(join(folder, 'out/signed.tif'));
    assert.deepEqual([tags.SMinSampleValue, tags.SMaxSampleValue, tags.SampleFormat], [-32_768, 32_767, 'Float']);
  });
});

/** A small photograph with a profile and much to say. */
async function tagged(name: string): Promise<string> {
  const [drawn, path] = [join(folder, 'drawn.png'), join(folder, name)];
  await runTool('convert', '-size', '90x70', 'gradient:red-blue', '-depth', '8', drawn);
  await runTool('vips', 'icc_export', drawn, path, '--output-profile', 'p3');
  await runTool('exiftool', '-overwrite_original', '-q', ...TAGS, path);
  return path;
}

async function tagsOf(path: string): Promise<Record<string, unknown>> {
  const [tags]: Record<string, unknown>[] = JSON.parse(await runTool('exiftool', '-j', path));
  return tags ?? {};
}
