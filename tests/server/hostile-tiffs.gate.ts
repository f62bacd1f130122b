import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { FAULTS_AT_OPEN, FAULTS_IN_TILES } from '../codecs/tiff/hostile-files.ts';
import { silentLog } from '../support/silent-log.ts';
import { type DirectorySpec, TYPE, writeTiff } from '../support/tiff-writer.ts';
import { runTool } from '../support/vips-tool.ts';

/** 60.4 gigapixels in 921,600 tiles. */
const SIDE = 245_760;
const TILE = 256;
const MEBIBYTE = 2 ** 20;
const MOST_EXTRA_MEMORY = 64 * MEBIBYTE;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-hostile-'));
let application: Application;

before(async () => {
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application?.close();
  rmSync(folder, { recursive: true });
});

describe('hostile TIFFs on a running server', () => {
  const addresses = (name: string) => [
    `/iiif/3/${name}/full/64,/0/default.jpg`,
    `/iiif/2/${name}/0,0,32,32/32,/0/default.png`,
    `/iip?FIF=${name}&JTL=0,0`,
    `/iip?FIF=${name}&WID=50&CVT=jpeg`,
    `/deepzoom/${name}_files/7/0_0.jpg`,
    `/zoomify/${name}/TileGroup0/0-0-0.jpg`,
  ];

  it('give no picture through any protocol, however they are asked', async (test) => {
    const times: (readonly [number, string])[] = [];
    const before = process.memoryUsage().rss;
    for (const [index, [what, file]] of [...FAULTS_AT_OPEN, ...FAULTS_IN_TILES].entries()) {
      const name = `${index}.tif`;
      writeFileSync(join(folder, name), file);
      for (const url of addresses(name)) {
        const start = performance.now();
        const { statusCode, body } = await application.app.inject({ url });
        times.push([performance.now() - start, what]);
        assert.ok(statusCode === 415 || statusCode === 500, `${what}: ${url} is ${statusCode}`);
        assert.ok(!body.includes(folder) && !body.includes('node_modules'), body);
      }
    }
    const [slowest, what] = times.reduce((one, other) => (other[0] > one[0] ? other : one));
    test.diagnostic(`${times.length} requests; slowest ${slowest.toFixed(1)} ms: ${what}`);
    test.diagnostic(`${((process.memoryUsage().rss - before) / MEBIBYTE).toFixed(0)} MiB more in memory`);
  });
});

describe('a pyramid of 60 gigapixels', () => {
  const name = 'vast.tif';
  const corner = { column: 951, row: 953 };
  before(() => writeVastPyramid(join(folder, name), corner));

  it('is written as libtiff reads it', async () => {
    assert.match(await runTool('vipsheader', join(folder, name)), new RegExp(`${SIDE}x${SIDE} uchar, 1 band`));
  });

  it('opens and gives tiles of all levels within 64 MiB and without holding the event loop', async (test) => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const before = process.memoryUsage().rss;
    delay.enable();
    const start = performance.now();
    const info = JSON.parse((await application.app.inject({ url: `/iiif/3/${name}/info.json` })).body);
    const opening = performance.now() - start;
    assert.equal(info.width, SIDE);
    const [x, y] = [corner.column * TILE, corner.row * TILE];
    await assertShade(`/iiif/3/${name}/${x},${y},${TILE},${TILE}/max/0/default.png`, 77);
    await assertShade(`/iiif/3/${name}/${x - TILE},${y},${TILE},${TILE}/max/0/default.png`, 0);
    await assertShade(`/iiif/3/${name}/full/240,/0/default.png`, 0);
    for (let level = 0; level < 11; level++) await answered(`/iip?FIF=${name}&JTL=${level},0`);
    delay.disable();
    const extra = process.memoryUsage().rss - before;
    test.diagnostic(`opened in ${opening.toFixed(1)} ms; longest stall ${(delay.max / 1e6).toFixed(1)} ms`);
    test.diagnostic(`${(extra / MEBIBYTE).toFixed(0)} MiB more in memory`);
    assert.ok(extra <= MOST_EXTRA_MEMORY, `${extra} bytes more`);
  });

  it('is refused where a request asks for more of it than may be decoded', async () => {
    const { statusCode } = await application.app.inject({ url: `/iiif/3/${name}/full/200000,/0/default.jpg` });
    assert.equal(statusCode, 400);
  });
});

async function answered(url: string): Promise<Buffer> {
  const { statusCode, rawPayload } = await application.app.inject({ url });
  assert.equal(statusCode, 200, url);
  return rawPayload;
}

/** The mean shade of a picture, by libvips. */
async function assertShade(url: string, shade: number): Promise<void> {
  const path = join(folder, 'shade.png');
  writeFileSync(path, await answered(url));
  assert.equal(Math.round(Number(await runTool('vips', 'avg', path))), shade, url);
}

/** All tiles but one were never written: the tables of the file are holes on the disk. */
function writeVastPyramid(path: string, { column, row }: { column: number; row: number }): void {
  const tile = deflateSync(Buffer.alloc(TILE * TILE, 77));
  const sides: number[] = [];
  for (let side = SIDE; side > TILE / 2; side /= 2) sides.push(side);
  const tableLength = (side: number) => Math.ceil(side / TILE) ** 2 * 8;
  const starts = sides.map(
    (_, level) => MEBIBYTE + 2 * sides.slice(0, level).reduce((sum, side) => sum + tableLength(side), 0),
  );
  const directories = sides.map((side, level): DirectorySpec => {
    const count = Math.ceil(side / TILE) ** 2;
    const table = (offset: number) => ({
      type: TYPE.long8,
      values: count === 1 ? [0] : [0, 0],
      count,
      ...(count > 1 && { offset }),
    });
    return {
      tags: {
        254: { type: TYPE.long, values: [level === 0 ? 0 : 1] },
        256: { type: TYPE.long, values: [side] },
        257: { type: TYPE.long, values: [side] },
        258: { type: TYPE.short, values: [8] },
        259: { type: TYPE.short, values: [8] },
        262: { type: TYPE.short, values: [1] },
        277: { type: TYPE.short, values: [1] },
        322: { type: TYPE.short, values: [TILE] },
        323: { type: TYPE.short, values: [TILE] },
        324: table(starts[level] ?? 0),
        325: table((starts[level] ?? 0) + tableLength(side)),
      },
      next: level + 1 < sides.length ? level + 1 : -1,
    };
  });
  const end = (starts.at(-1) ?? 0) + 2 * tableLength(sides.at(-1) ?? 0);
  const file = openSync(path, 'w');
  const index = row * (SIDE / TILE) + column;
  writeSync(file, writeTiff({ isBig: true, directories }));
  writeSync(file, wordOf(end), 0, 8, (starts[0] ?? 0) + index * 8);
  writeSync(file, wordOf(tile.length), 0, 8, (starts[0] ?? 0) + tableLength(SIDE) + index * 8);
  writeSync(file, tile, 0, tile.length, end);
  ftruncateSync(file, end + tile.length);
  closeSync(file);
}

function wordOf(value: number): Buffer {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(BigInt(value));
  return word;
}
