import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';
import { meanDifference } from '../support/vips-tool.ts';

const SIZE = { width: 800, height: 600 };
const EXPORTS = ['jpg', 'png', 'webp', 'avif', 'tif'] as const;
const TILES = { JTL: 'jpg', PTL: 'png', WTL: 'webp', ATL: 'avif', TTL: 'tif' } as const;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-metadata-'));
const path = (name: string) => join(folder, name);
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

async function fetch({ app }: Application, url: string): Promise<Buffer> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  return answer.rawPayload;
}

/** What exiftool reads in a file, as it prints it. */
function exiftool(file: Buffer, ...options: string[]): Record<string, unknown> {
  const written = path('exiftool.in');
  writeFileSync(written, file);
  const [facts] = JSON.parse(execFileSync('exiftool', ['-j', '-G1', ...options, written], { encoding: 'utf8' }));
  return facts;
}

function profileIn(file: Buffer): Buffer {
  const written = path('profile.in');
  writeFileSync(written, file);
  return execFileSync('exiftool', ['-b', '-icc_profile', written], { maxBuffer: 2 ** 24 });
}

/** Raw RGB as ImageMagick decodes it, its own treatment of colour profiles off. */
function decode(file: Buffer): Buffer {
  return execFileSync('convert', ['-', '+profile', '*', '-depth', '8', 'rgb:-'], { input: file, maxBuffer: 2 ** 28 });
}

/** Gives a file everything that is to come out again. */
function describeFile(name: string, ...more: string[]): void {
  const tags = [
    '-IFD0:Artist=Ada Ärtist',
    '-IFD0:Copyright=© Museum',
    '-IFD0:ImageDescription=A picture',
    '-IFD0:DocumentName=Title',
    '-IFD0:XResolution=300',
    '-IFD0:YResolution=300',
    '-IFD0:ResolutionUnit=inches',
    '-ExifIFD:ExposureTime=1/125',
    '-GPS:GPSLatitude=48.5',
    '-GPS:GPSLatitudeRef=N',
    '-XMP-dc:Source=Shelf 7',
    '-IPTC:ObjectName=Named',
  ];
  execFileSync('exiftool', ['-q', '-overwrite_original', ...tags, ...more, path(name)]);
}

let profile: Buffer;

before(() => {
  writePositionPyramid(path('plain.tif'), SIZE, ['--compression', 'jpeg', '--Q', '90']);
  writePositionPyramid(path('jpeg.tif'), SIZE, ['--compression', 'jpeg', '--Q', '90', '--profile', 'srgb']);
  writePositionPyramid(path('webp.tif'), SIZE, ['--compression', 'webp', '--profile', 'srgb']);
  writePositionPyramid(path('deflate.tif'), SIZE, ['--compression', 'deflate', '--profile', 'srgb']);
  for (const name of ['jpeg.tif', 'webp.tif', 'deflate.tif']) describeFile(name);
  profile = profileIn(readFileSync(path('jpeg.tif')));
  assert.ok(profile.length > 128);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('metadata in outputs', () => {
  let application: Application;

  before(async () => {
    application = await start({ MAX_ICC: '-1' });
  });

  for (const extension of EXPORTS) {
    it(`is all there in an exported ${extension}, as exiftool reads it`, async () => {
      const file = await fetch(application, `/iiif/3/deflate.tif/full/400,/0/default.${extension}`);
      assert.ok(profileIn(file).equals(profile), 'another profile');
      const facts = exiftool(file);
      assert.equal(facts['IFD0:Artist'], 'Ada Ärtist');
      assert.equal(facts['IFD0:Copyright'], '© Museum');
      assert.equal(facts['IFD0:ImageDescription'], 'A picture');
      assert.equal(facts['IFD0:DocumentName'], 'Title');
      assert.equal(facts['ExifIFD:ExposureTime'], '1/125');
      assert.match(String(facts['GPS:GPSLatitude']), /^48 deg 30' 0.00"/);
      assert.equal(facts['XMP-dc:Source'], 'Shelf 7');
      assert.deepEqual([facts['IFD0:XResolution'], facts['IFD0:ResolutionUnit']], [150, 'inches']);
      assert.equal(facts['ExifTool:Error'], undefined);
    });
  }

  it('is in a GIF what GIF has room for', async () => {
    const file = await fetch(application, '/iiif/3/deflate.tif/full/400,/0/default.gif');
    assert.ok(profileIn(file).equals(profile));
    const facts = exiftool(file, '-a');
    assert.equal(facts['XMP-dc:Source'], 'Shelf 7');
    const comments = execFileSync('identify', ['-format', '%c', 'gif:-'], { input: file, encoding: 'utf8' });
    for (const line of ['Title: Title', 'Author: Ada Ärtist', 'Description: A picture', 'Copyright: © Museum']) {
      assert.ok(comments.includes(line), `${line} in ${comments}`);
    }
    assert.equal(facts['ExifTool:Error'], undefined);
  });

  it('is in a PDF what PDF has room for, and its page as large as the picture is', async () => {
    const file = await fetch(application, '/iiif/3/deflate.tif/full/400,/0/default.pdf');
    assert.ok(file.includes(profile));
    const facts = exiftool(file);
    assert.deepEqual(
      [facts['PDF:Title'], facts['PDF:Author'], facts['PDF:Subject'], facts['PDF:Copyright']],
      ['Title', 'Ada Ärtist', 'A picture', '© Museum'],
    );
    assert.equal(facts['XMP-dc:Source'], 'Shelf 7');
    assert.equal(facts['ExifTool:Error'] ?? facts['ExifTool:Warning'], undefined);
    writeFileSync(path('page.pdf'), file);
    assert.match(execFileSync('pdfinfo', [path('page.pdf')], { encoding: 'utf8' }), /Page size: +192 x 144 pts/);
  });

  for (const format of ['tiff', 'jp2']) {
    it(`is in ${format} with IPTC`, async () => {
      const facts = exiftool(await fetch(application, `/iip?FIF=deflate.tif&WID=100&CVT=${format}`));
      assert.equal(facts['IPTC:ObjectName'], 'Named');
    });
  }

  it('uses the fields that PNG has of its own', async () => {
    const facts = exiftool(await fetch(application, '/iip?FIF=deflate.tif&WID=800&CVT=png'));
    assert.deepEqual(
      [facts['PNG:Author'], facts['PNG:Copyright'], facts['PNG:Title']],
      ['Ada Ärtist', '© Museum', 'Title'],
    );
    assert.deepEqual([facts['PNG-pHYs:PixelsPerUnitX'], facts['PNG-pHYs:PixelUnits']], [11_811, 'meters']);
  });

  it('gives a JPEG its density and an IPTC record', async () => {
    const facts = exiftool(await fetch(application, '/iiif/3/jpeg.tif/full/200,/0/default.jpg'));
    assert.deepEqual([facts['JFIF:XResolution'], facts['JFIF:ResolutionUnit']], [75, 'inches']);
    assert.equal(facts['IPTC:ObjectName'], 'Named');
  });

  it('turns the resolution with the picture', async () => {
    const turned = await fetch(application, '/iiif/3/deflate.tif/full/400,600/90/default.tif');
    const facts = exiftool(turned);
    assert.deepEqual([facts['IFD0:XResolution'], facts['IFD0:YResolution']], [300, 150]);
  });

  for (const name of ['jpeg.tif', 'webp.tif', 'deflate.tif']) {
    for (const [command, extension] of Object.entries(TILES)) {
      it(`is the colour profile alone in a ${extension} tile of ${name}`, async () => {
        const file = await fetch(application, `/iip?FIF=${name}&${command}=2,1`);
        assert.ok(profileIn(file).equals(profile));
        const facts = Object.keys(exiftool(file)).filter((key) => /^(?:ExifIFD|XMP|GPS|IPTC|PNG:Author)/.test(key));
        assert.deepEqual(facts, []);
        assert.equal(exiftool(file)['IFD0:Artist'], undefined);
      });
    }
  }

  it('names no resolution where the source has none', async () => {
    execFileSync('cp', [path('plain.tif'), path('unknown.tif')]);
    for (const tag of ['282', '283', '296']) execFileSync('tiffset', ['-u', tag, path('unknown.tif')]);
    for (const extension of ['png', 'tif']) {
      const facts = exiftool(await fetch(application, `/iiif/3/unknown.tif/full/100,/0/default.${extension}`));
      assert.deepEqual([facts['IFD0:XResolution'], facts['PNG-pHYs:PixelsPerUnitX']], [undefined, undefined]);
    }
  });

  it('leaves an RGB profile out of grey pictures', async () => {
    for (const quality of ['gray', 'bitonal']) {
      const file = await fetch(application, `/iiif/3/jpeg.tif/full/100,/0/${quality}.png`);
      assert.equal(profileIn(file).length, 0);
    }
  });
});

describe('stored tiles with a colour profile', () => {
  it('hold the stored picture byte for byte, and decode to the same pixels', async () => {
    const [embedding, plain] = [await start(), await start({ EMBED_ICC: '0' })];
    for (const url of ['/iip?FIF=jpeg.tif&JTL=2,1', '/iip?FIF=webp.tif&WTL=2,1']) {
      const [tile, bare] = [await fetch(embedding, url), await fetch(plain, url)];
      assert.ok(tile.length > bare.length + profile.length / 2);
      assert.equal(profileIn(bare).length, 0);
      assert.ok(tile.includes(bare.subarray(url.includes('JTL') ? 20 : 12)), 'the picture was changed');
      assert.ok(decode(tile).equals(decode(bare)));
    }
  });

  it('stay as they are where there is no profile', async () => {
    const bare = await fetch(await start({ EMBED_ICC: '0' }), '/iip?FIF=plain.tif&JTL=2,1');
    assert.ok(bare.equals(await fetch(await start({ MAX_ICC: '-1' }), '/iip?FIF=plain.tif&JTL=2,1')));
  });
});

describe('COLOUR=srgb', () => {
  /** A tile as libvips converts it. */
  function converted(name: string): Buffer {
    execFileSync('vips', ['icc_transform', path(name), path('srgb.png'), 'srgb', '--embedded']);
    return execFileSync('convert', [path('srgb.png'), '-crop', '256x256+256+0', '-depth', '8', 'rgb:-']);
  }

  /** Of squares of 32 pixels: coarse enough that what JPEG loses makes no difference. */
  function averages(rgb: Buffer): Buffer {
    const shape = ['-size', '256x256', '-depth', '8'];
    return execFileSync('convert', [...shape, 'rgb:-', '-scale', '8x8!', '-depth', '8', 'rgb:-'], { input: rgb });
  }

  it('converts RGB as libvips does and leaves the profile out', async () => {
    writePositionPyramid(path('p3.tif'), SIZE, ['--compression', 'none', '--profile', 'p3']);
    const expected = converted('p3.tif');
    const url = '/iip?FIF=p3.tif&PTL=2,1';
    const tile = await fetch(await start({ COLOUR: 'srgb' }), url);
    assert.ok(meanDifference(decode(tile), expected) < 0.5);
    assert.equal(profileIn(tile).length, 0);
    const kept = await fetch(await start(), url);
    assert.ok(meanDifference(decode(kept), expected) > 3, 'the test picture is the same in both spaces');
  });

  it('sends no stored tile that has a profile as it is', async () => {
    writePositionPyramid(path('p3-jpeg.tif'), SIZE, ['--compression', 'jpeg', '--Q', '100', '--profile', 'p3']);
    const url = '/iip?FIF=p3-jpeg.tif&JTL=2,1';
    const expected = averages(converted('p3-jpeg.tif'));
    const tile = await fetch(await start({ COLOUR: 'srgb', JPEG_QUALITY: '100' }), url);
    const kept = await fetch(await start(), url);
    assert.ok(meanDifference(averages(decode(tile)), expected) < 1);
    assert.ok(meanDifference(averages(decode(kept)), expected) > 3);
    assert.equal(profileIn(tile).length, 0);
  });
});

describe('MAX_ICC', () => {
  it('embeds profiles that are smaller, and not those of that size', async () => {
    const url = '/iip?FIF=jpeg.tif&JTL=2,1';
    const embedded = async (env: Record<string, string>) => profileIn(await fetch(await start(env), url)).length;
    assert.equal(await embedded({ MAX_ICC: String(profile.length - 1) }), 0);
    assert.equal(await embedded({ MAX_ICC: String(profile.length) }), 0);
    assert.equal(await embedded({ MAX_ICC: String(profile.length + 1) }), profile.length);
    assert.equal(await embedded({ MAX_ICC: '0' }), 0);
    assert.equal(await embedded({ MAX_ICC: '-1' }), profile.length);
  });

  it('counts for every format that carries a profile', async () => {
    const [below, above] = [
      await start({ MAX_ICC: String(profile.length) }),
      await start({ MAX_ICC: String(profile.length + 1), EMBED_ICC: '1' }),
    ];
    const never = await start({ MAX_ICC: '-1', EMBED_ICC: '0' });
    for (const extension of [...EXPORTS, 'gif', 'pdf']) {
      const url = `/iiif/3/deflate.tif/full/100,/0/default.${extension}`;
      const carries = async (application: Application) => {
        const file = await fetch(application, url);
        return extension === 'pdf' ? file.includes(profile) : profileIn(file).length > 0;
      };
      assert.deepEqual([await carries(below), await carries(above), await carries(never)], [false, true, false], url);
    }
  });

  it('lets no broken profile out, whatever it says', async () => {
    execFileSync('cp', [path('deflate.tif'), path('broken.tif')]);
    const file = readFileSync(path('broken.tif'));
    for (let at = file.indexOf(profile); at >= 0; at = file.indexOf(profile)) file.write('????', at + 36, 'latin1');
    writeFileSync(path('broken.tif'), file);
    const application = await start({ MAX_ICC: '-1' });
    for (const extension of EXPORTS) {
      const sent = await fetch(application, `/iiif/3/broken.tif/full/100,/0/default.${extension}`);
      assert.equal(profileIn(sent).length, 0, extension);
      assert.equal(exiftool(sent)['IFD0:Artist'], 'Ada Ärtist', extension);
    }
  });

  it('is part of the entity tag', async () => {
    const url = '/iip?FIF=jpeg.tif&JTL=2,1';
    const tagWith = async (env: Record<string, string>) => (await (await start(env)).app.inject({ url })).headers.etag;
    assert.notEqual(await tagWith({ MAX_ICC: '0' }), await tagWith({ MAX_ICC: '-1' }));
  });
});

describe('COPYRIGHT', () => {
  const LICENCE = 'https://creativecommons.org/licenses/by/4.0/';
  let application: Application;

  before(async () => {
    application = await start({ COPYRIGHT: LICENCE });
  });

  it('stands for the rights of images without their own, in every answer', async () => {
    const info = JSON.parse(String(await fetch(application, '/iiif/3/plain.tif/info.json')));
    assert.equal(info.rights, LICENCE);
    const info2 = JSON.parse(String(await fetch(application, '/iiif/2/plain.tif/info.json')));
    assert.equal(info2.license, LICENCE);
    assert.equal(String(await fetch(application, '/iip?FIF=plain.tif&OBJ=rights')), `${LICENCE}\r\n`);
    const facts = exiftool(await fetch(application, '/iiif/3/plain.tif/full/100,/0/default.jpg'));
    assert.equal(facts['IFD0:Copyright'], LICENCE);
  });

  it('is in every output', async () => {
    const exported = (extension: string) => fetch(application, `/iiif/3/plain.tif/full/100,/0/default.${extension}`);
    for (const extension of EXPORTS) assert.equal(exiftool(await exported(extension))['IFD0:Copyright'], LICENCE);
    assert.equal(exiftool(await exported('gif'))['File:Comment'], `Copyright: ${LICENCE}`);
    assert.equal(exiftool(await exported('pdf'))['PDF:Copyright'], LICENCE);
  });

  it('never replaces those of an image', async () => {
    assert.equal(String(await fetch(application, '/iip?FIF=jpeg.tif&OBJ=rights')), '© Museum\r\n');
    assert.equal('rights' in JSON.parse(String(await fetch(application, '/iiif/3/jpeg.tif/info.json'))), false);
  });
});
