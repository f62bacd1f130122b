import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../../config/load-config.ts';
import type { Rect, Size } from '../../../image/geometry.ts';
import { type Application, createApp } from '../../../server/app.ts';
import { type DecodedImage, startDecoder } from '../../support/decoder.ts';
import { BLOCK, blockPixel, positionPixels, writePositionPyramid } from '../../support/position-picture.ts';
import { silentLog } from '../../support/silent-log.ts';
import { tiledDirectory } from '../../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';

/** An image, and the regions asked of it: in the words of a URL, and as the pixels that they are, worked out by hand. */
interface Picture {
  readonly size: Size;
  /** Whether each level of its pyramid is rounded up; else libvips rounds them down. */
  readonly isRoundedUp?: true;
  readonly regions: Readonly<Record<string, readonly [x: number, y: number, width: number, height: number]>>;
}

const PICTURES: readonly Picture[] = [
  {
    size: { width: 1025, height: 769 },
    regions: {
      full: [0, 0, 1025, 769],
      square: [128, 0, 769, 769],
      '100,60,333,222': [100, 60, 333, 222],
      '512,512,512,512': [512, 512, 512, 257],
      'pct:25,25,50,50': [256, 192, 513, 385], // 256.25 to 768.75, 192.25 to 576.75
      '1000,700,500,500': [1000, 700, 25, 69],
    },
  },
  {
    size: { width: 1027, height: 771 },
    isRoundedUp: true,
    regions: { full: [0, 0, 1027, 771], '512,256,515,515': [512, 256, 515, 515], 'pct:0,0,75,75': [0, 0, 770, 578] },
  },
  { size: { width: 513, height: 1023 }, regions: { full: [0, 0, 513, 1023], square: [0, 255, 513, 513] } },
  { size: { width: 1, height: 700 }, regions: { full: [0, 0, 1, 700], '0,300,9,99': [0, 300, 1, 99] } },
  { size: { width: 700, height: 1 }, regions: { full: [0, 0, 700, 1], 'pct:50,0,25,100': [350, 0, 175, 1] } },
  { size: { width: 1, height: 1 }, regions: { full: [0, 0, 1, 1], square: [0, 0, 1, 1], '0,0,5,5': [0, 0, 1, 1] } },
];

/** Sizes in the words of a URL, and what they make of a region. */
const SIZES: Readonly<Record<string, (region: Size) => Size>> = {
  max: (region) => region,
  'pct:50': (region) => times(region, 0.5),
  'pct:25': (region) => times(region, 0.25),
  '!200,200': (region) => times(region, Math.min(1, 200 / region.width, 200 / region.height)),
  '^177,133': () => ({ width: 177, height: 133 }),
  '^pct:150': (region) => times(region, Math.max(region.width, region.height) < 400 ? 1.5 : 0), // large ones take long
};

const ROTATIONS = ['0', '90', '180', '270', '!0', '!90', '!180', '!270', '33', '!200.5'];

/** Those of every size; of the others each is tried with one size that changes nothing, and one that does. */
const SOME_ROTATIONS = ['0', '!90', '33'];

function times({ width, height }: Size, factor: number): Size {
  return { width: Math.round(width * factor), height: Math.round(height * factor) };
}

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-position-'));
const decoder = startDecoder();
let application: Application;

before(async () => {
  for (const { size, isRoundedUp } of PICTURES) {
    const path = join(folder, nameOf(size));
    if (isRoundedUp) writeFileSync(path, roundedUpPyramid(size));
    else writePositionPyramid(path, size, ['--compression', 'deflate'], blockPixel);
  }
  const config = loadConfig({ argv: [folder], env: { PNG_QUALITY: '0' }, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  decoder.stop();
  rmSync(folder, { recursive: true });
});

/** A pyramid of three levels, each side of each rounded up. */
function roundedUpPyramid({ width, height }: Size): Buffer {
  const directories = [1, 2, 4].map((factor, index) => {
    const size = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
    const pixelAt = (x: number, y: number) =>
      blockPixel(Math.min(x * factor, width - 1), Math.min(y * factor, height - 1));
    const data = positionPixels({ x: 0, y: 0, ...size }, pixelAt);
    const tags = { 254: { type: TYPE.long, values: [index === 0 ? 0 : 1] } };
    return tiledDirectory(
      { ...size, bands: 3, data },
      { width: 256, height: 256 },
      { tags, next: index < 2 ? index + 1 : -1 },
    );
  });
  return writeTiff({ directories });
}

function nameOf({ width, height }: Size): string {
  return `${width}x${height}.tif`;
}

/** What was asked for, so that each pixel of the answer can be followed back into the image. */
interface Asked {
  readonly region: Rect;
  readonly size: Size;
  readonly mirror: boolean;
  readonly degrees: number;
}

/** In pictures of more pixels only each seventh row is looked at. */
const FEW_PIXELS = 60_000;

/** Checks every pixel whose surroundings, as far as scaling and turning may mix them, lie in one block. */
function checkPixels(answer: DecodedImage, asked: Asked): number {
  const { region, size, degrees } = asked;
  const scale = { x: region.width / size.width, y: region.height / size.height };
  const isExact = degrees % 90 === 0 && scale.x === 1 && scale.y === 1;
  const pixels = degrees % 90 === 0 ? 2 : 3; // turning mixes once more
  const reachOf = (factor: number) => (isExact ? 0 : pixels * Math.max(1, factor) + 1);
  const step = answer.width * answer.height > FEW_PIXELS ? 7 : 1;
  let checked = 0;
  for (let y = 0; y < answer.height; y += step) {
    for (let x = 0; x < answer.width; x++) {
      const place = placeOf(x, y, answer, asked);
      const block = place && blockAround(place, { x: reachOf(scale.x), y: reachOf(scale.y) }, region);
      if (!block) continue;
      checked++;
      checkPixel(answer, x, y, block);
    }
  }
  return checked;
}

function checkPixel({ data, width, channels }: DecodedImage, x: number, y: number, expected: readonly number[]): void {
  const start = (y * width + x) * channels;
  const isMet = expected.every((sample, band) => Math.abs(sample - Number(data[start + band])) <= 1);
  if (!isMet) assert.fail(`${x},${y} is ${[...data.subarray(start, start + channels)]}, not ${expected}`);
}

/** Where the centre of an answer's pixel lies in the image; undefined outside of the region. */
function placeOf(x: number, y: number, answer: Size, { region, size, mirror, degrees }: Asked) {
  const angle = (-degrees * Math.PI) / 180;
  const [dx, dy] = [x + 0.5 - answer.width / 2, y + 0.5 - answer.height / 2];
  const across = dx * Math.cos(angle) - dy * Math.sin(angle);
  const down = dx * Math.sin(angle) + dy * Math.cos(angle);
  const u = ((mirror ? -across : across) + size.width / 2) / size.width;
  const v = (down + size.height / 2) / size.height;
  const isInside = u >= 0 && v >= 0 && u <= 1 && v <= 1;
  return isInside ? { x: region.x + u * region.width, y: region.y + v * region.height } : undefined;
}

/** The colour around a place; undefined where another block, or the region's edge, is within reach. */
function blockAround(place: { x: number; y: number }, reach: { x: number; y: number }, region: Rect) {
  const column = only(place.x, reach.x, [region.x, region.x + region.width]);
  const row = only(place.y, reach.y, [region.y, region.y + region.height]);
  return column === undefined || row === undefined ? undefined : blockPixel(column * BLOCK, row * BLOCK);
}

/** The number of the block that a stretch lies in; of a region narrower than the stretch, only what is of the region counts. */
function only(at: number, reach: number, [start, end]: readonly [number, number]): number | undefined {
  const first = Math.floor(Math.max(start, at - reach) / BLOCK);
  const last = Math.floor(Math.min(end - 1e-6, at + reach) / BLOCK);
  return first === last ? first : undefined;
}

/** Everything that is asked of a region, at least one pixel large. */
function wishesFor([x, y, width, height]: readonly [number, number, number, number]) {
  const region = { x, y, width, height };
  return Object.entries(SIZES).flatMap(([scale, sizeOf]) => {
    const size = sizeOf(region);
    if (size.width < 1 || size.height < 1) return [];
    const rotations = scale === 'max' || scale === '!200,200' ? ROTATIONS : SOME_ROTATIONS;
    return rotations.map((rotation) => {
      const turn = { mirror: rotation.startsWith('!'), degrees: Number(rotation.replace('!', '')) };
      return { parameters: `${scale}/${rotation}`, asked: { region, size, ...turn } };
    });
  });
}

describe('every pixel of every form of request comes from its place', () => {
  const wanted = PICTURES.flatMap(({ size, regions }) =>
    Object.entries(regions).map(([region, rect]) => ({ name: nameOf(size), region, rect })),
  );
  for (const { name, region, rect } of wanted) {
    it(`in region ${region} of ${name}`, async () => {
      let checked = 0;
      for (const { parameters, asked } of wishesFor(rect)) {
        const url = `/iiif/3/${name}/${region}/${parameters}/default.png`;
        const answer = await application.app.inject(url);
        assert.equal(answer.statusCode, 200, `${url}: ${answer.body.slice(0, 200)}`);
        checked += checkAnswer(url, await decoder.decode(answer.rawPayload), asked);
      }
      assert.ok(checked >= 10, `only ${checked} pixels could be judged`);
    });
  }
});

function checkAnswer(url: string, answer: DecodedImage, asked: Asked): number {
  const { size, degrees } = asked;
  if (degrees % 90 === 0) {
    const expected = degrees % 180 === 0 ? [size.width, size.height] : [size.height, size.width];
    assert.deepEqual([answer.width, answer.height], expected, url);
  }
  try {
    return checkPixels(answer, asked);
  } catch (error) {
    throw new Error(`${url}: ${error instanceof Error ? error.message : error}`);
  }
}
