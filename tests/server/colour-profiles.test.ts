import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { deepPicture, writeDeepVips } from '../support/deep-pictures.ts';
import { silentLog } from '../support/silent-log.ts';
import { meanDifference, runTool, vipsSamples } from '../support/vips-tool.ts';

const SIZE = { width: 300, height: 280 };
/** With the black of the paper as black. In the darkest blue two versions of Little CMS differ by up to 24 levels. */
const AS_SEEN = ['--intent', 'perceptual', '--black-point-compensation'];
const TILED = ['--tile', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'];

let folder = '';
const path = (name: string) => join(folder, name);
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

async function save({ app }: Application, url: string): Promise<string> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  await writeFile(path('answer'), answer.rawPayload);
  return path('answer');
}

async function profileLength(file: string): Promise<number> {
  await runTool('sh', '-c', `exiftool -b -icc_profile '${file}' > '${path('profile')}'`);
  return (await readFile(path('profile'))).length;
}

/** A file of our test folder in sRGB, as libvips and Little CMS convert it. */
async function converted(name: string, ...options: string[]): Promise<Uint8Array> {
  await runTool('vips', 'icc_transform', path(name), path('srgb.v'), 'srgb', '--embedded', ...options);
  return vipsSamples(path('srgb.v'), folder);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-colour-'));
  await writeDeepVips(path('deep.v'), deepPicture(SIZE, 3));
  await runTool('vips', 'cast', path('deep.v'), path('rgb.v'), 'uchar', '--shift');
  // The profile of a printing press that libvips has inside: with it inks are not what they seem.
  await runTool('vips', 'icc_transform', path('rgb.v'), path('inks.v'), 'cmyk', '--input-profile', 'srgb');
  await runTool('vips', 'tiffsave', path('inks.v'), path('inks.tif'), ...TILED);
  await runTool(
    'vips',
    'icc_transform',
    path('deep.v'),
    path('inks16.v'),
    'cmyk',
    '--input-profile',
    'srgb',
    '--depth',
    '16',
  );
  await runTool('vips', 'tiffsave', path('inks16.v'), path('inks16.tif'), ...TILED);
  await runTool('vips', 'tiffsave', path('deep.v'), path('p3.tif'), '--profile', 'p3', ...TILED);
});

after(async () => {
  for (const application of opened) await application.close();
  await rm(folder, { recursive: true, force: true });
});

describe('CMYK with a colour profile', () => {
  for (const name of ['inks.tif', 'inks16.tif']) {
    it(`is shown in sRGB as libvips converts it, and goes out without the profile: ${name}`, async () => {
      assert.match(await runTool('vipsheader', '-a', path(name)), /interpretation: cmyk[\s\S]*icc-profile-data: [1-9]/);
      const expected = await converted(name, ...AS_SEEN);
      for (const env of [{}, { COLOUR: 'srgb' }]) {
        const file = await save(await start(env), `/iiif/3/${name}/full/max/0/default.png`);
        const samples = await vipsSamples(file, folder);
        assert.ok(meanDifference(samples, expected) < 2, `mean difference ${meanDifference(samples, expected)}`);
        assert.equal(await profileLength(file), 0);
      }
    });
  }

  it('is an error where the file ends before its profile, not a picture of other colours', async () => {
    const file = await readFile(path('inks.tif'));
    const entry = file.indexOf(Buffer.from(Uint16Array.of(34_675, 7).buffer));
    file.writeUInt32LE(file.length - 100, entry + 8);
    await writeFile(path('cut.tif'), file);
    const { app } = await start();
    for (const rest of ['full/max/0/default.png', '0,0,256,256/max/0/default.jpg']) {
      const answer = await app.inject({ url: `/iiif/3/cut.tif/${rest}` });
      assert.equal(answer.statusCode, 500, answer.body);
      assert.equal(answer.json().error, 'corrupt-source');
    }
  });

  it('looks otherwise without it', async () => {
    const expected = await converted('inks.tif', ...AS_SEEN);
    await runTool('exiftool', '-q', '-overwrite_original', '-icc_profile=', path('inks.tif'));
    const file = await save(await start(), '/iiif/3/inks.tif/full/max/0/default.png');
    assert.ok(meanDifference(await vipsSamples(file, folder), expected) > 10);
  });
});

describe('RGB of 16 bits with a colour profile', () => {
  it('is converted in 16 bits where COLOUR=srgb says so', async () => {
    const url = '/iiif/3/p3.tif/full/max/0/default.png?depth=native';
    await runTool('vips', 'icc_transform', path('p3.tif'), path('srgb.v'), 'srgb', '--embedded', '--depth', '16');
    const expected = new Uint16Array((await vipsSamples(path('srgb.v'), folder)).slice().buffer);
    const samplesOf = async (env: Record<string, string>) => {
      const file = await save(await start(env), url);
      return [new Uint16Array((await vipsSamples(file, folder)).slice().buffer), await profileLength(file)] as const;
    };
    const [inSrgb, none] = await samplesOf({ COLOUR: 'srgb' });
    assert.ok(meanDifference(inSrgb, expected) < 32, `mean difference ${meanDifference(inSrgb, expected)}`);
    assert.equal(none, 0);
    const [kept, some] = await samplesOf({});
    assert.deepEqual(kept, deepPicture(SIZE, 3).data);
    assert.ok(some > 128);
  });
});
