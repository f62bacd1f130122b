import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { loadConfig } from '../../../config/load-config.ts';
import { type Application, createApp } from '../../../server/app.ts';
import { writeSamples } from '../../support/sample-files.ts';
import type { SampleKind } from '../../support/sample-kinds.ts';
import { silentLog } from '../../support/silent-log.ts';
import { positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';

const SMALL = { width: 90, height: 60 };
const TILE = { width: 64, height: 64 };

export const GRAY_16: SampleKind = { photometric: 'MinIsBlack', bits: 16, format: 'unsigned', bands: 1 };
export const GRAY_32: SampleKind = { photometric: 'MinIsBlack', bits: 32, format: 'unsigned', bands: 1 };
export const FLOAT: SampleKind = { photometric: 'MinIsBlack', bits: 32, format: 'real', bands: 1, range: [-1, 2] };
export const RGBA: SampleKind = { photometric: 'RGB', bits: 8, format: 'unsigned', bands: 4, extra: [2] };
const CMYK: SampleKind = { photometric: 'CMYK', bits: 8, format: 'unsigned', bands: 4 };
const BILEVEL: SampleKind = { photometric: 'MinIsBlack', bits: 1, format: 'unsigned', bands: 1 };
export const LAB: SampleKind = { photometric: 'CIELAB', bits: 8, format: 'unsigned', bands: 3 };

function text(value: string): TagSpec {
  return { type: TYPE.ascii, values: [...Buffer.from(value), 0] };
}

function rational(above: number, below: number): TagSpec {
  return { type: TYPE.rational, values: [above, below], count: 1 };
}

function float(value: number): TagSpec {
  return { type: TYPE.float, values: [new DataView(Float32Array.of(value).buffer).getUint32(0, true)] };
}

/** The reference's own example: RGB, 1000 x 700, two smaller levels, tiles of 256. */
function examplePyramid(): Buffer {
  const sizes = [
    { width: 1000, height: 700 },
    { width: 500, height: 350 },
    { width: 250, height: 175 },
  ];
  const tile = { width: 256, height: 256 };
  const directories = sizes.map((size, seed) =>
    tiledDirectory(positionPicture(size, 3, seed), tile, {
      tags: {
        259: { type: TYPE.short, values: [8] },
        ...(seed === 0 && { 270: text('A "test"\nimage'), 315: text('Ada'), 33432: text('(c) Someone') }),
        ...(seed > 0 && { 254: { type: TYPE.long, values: [1] } }),
      },
      encode: (bytes) => deflateSync(bytes, { level: 1 }),
      next: seed < 2 ? seed + 1 : -1,
    }),
  );
  return writeTiff({ directories });
}

/** Names of the pages of the stack; the scale of each is its number and a half. */
export const PAGE_NAMES = ['layer0', '<450 & "nm">', 'layer0', ''];

function stack(): Buffer {
  const directories = PAGE_NAMES.map((name, seed) =>
    tiledDirectory(positionPicture(SMALL, 1, seed), TILE, {
      tags: {
        254: { type: TYPE.long, values: [2] },
        ...(name !== '' && { 269: text(name) }),
        37439: float(seed + 1.5),
      },
      next: seed + 1 < PAGE_NAMES.length ? seed + 1 : -1,
    }),
  );
  return writeTiff({ directories });
}

function single(seed: number): Buffer {
  return writeTiff({ directories: [tiledDirectory(positionPicture(SMALL, 3, seed), TILE)] });
}

/** A row of 16-pixel tiles. */
function rowOfTiles(count: number): Buffer {
  const size = { width: count * 16, height: 16 };
  return writeTiff({ directories: [tiledDirectory(positionPicture(size, 1), { width: 16, height: 16 })] });
}

/** Each column its own value in every band, from 0 to 255. */
function steps(bands: 1 | 3, tags: Record<number, TagSpec> = {}): Buffer {
  const size = { width: 256, height: 16 };
  const data = Uint8Array.from({ length: 256 * 16 * bands }, (_, index) => Math.floor(index / bands) % 256);
  return writeTiff({ directories: [tiledDirectory({ ...size, bands, data }, size, { tags })] });
}

/** SMinSampleValue and SMaxSampleValue; none where there are no numbers. */
function blackAndWhite(lows: readonly number[], highs: readonly number[]): Record<number, TagSpec> {
  return {
    ...(lows.length > 0 && { 340: { type: TYPE.short, values: lows } }),
    ...(highs.length > 0 && { 341: { type: TYPE.short, values: highs } }),
  };
}

/** One colour all over. */
function plain(colour: readonly [number, number, number], photometric = 2): Buffer {
  const size = { width: 32, height: 16 };
  const data = Uint8Array.from({ length: 32 * 16 * 3 }, (_, index) => colour[index % 3] ?? 0);
  const tags = { 262: { type: TYPE.short, values: [photometric] } };
  return writeTiff({ directories: [tiledDirectory({ ...size, bands: 3, data }, size, { tags })] });
}

/** Two tiles of black in 16 bits, 4096 pixels wide. */
function deepTiles(height: number): Buffer {
  const black = deflateSync(Buffer.alloc(4096 * height * 2));
  const short = (value: number): TagSpec => ({ type: TYPE.short, values: [value] });
  const tags = { 256: short(8192), 257: short(height), 258: short(16), 259: short(8), 262: short(1), 277: short(1) };
  const tile = { 322: short(4096), 323: short(height) };
  return writeTiff({ directories: [{ tags: { ...tags, ...tile }, tiles: [black, black], next: -1 }] });
}

const FILES: Readonly<Record<string, () => Uint8Array>> = {
  'rgb.tif': examplePyramid,
  'stack.tif': stack,
  'seq_pyr_000_090.tif': () => single(0),
  'seq_pyr_010_090.tif': () => single(1),
  'seq_pyr_020_090.tif': () => single(2),
  'seq_pyr_000_045.tif': () => single(3),
  'gray16.tif': () => writeSamples(GRAY_16, { size: SMALL, tile: TILE }),
  'gray32.tif': () => writeSamples(GRAY_32, { size: SMALL, tile: TILE }),
  'float.tif': () => writeSamples(FLOAT, { size: SMALL, tile: TILE }),
  'rgba.tif': () => writeSamples(RGBA, { size: SMALL, tile: TILE }),
  'lab.tif': () => writeSamples(LAB, { size: SMALL, tile: TILE }),
  'many.tif': () => rowOfTiles(257),
  'wide.tif': () =>
    writeTiff({
      directories: [
        tiledDirectory(positionPicture({ width: 2 ** 18 + 1, height: 1 }, 1), { width: 16_384, height: 1 }),
      ],
    }),
  'steps.tif': () => steps(1),
  'steps3.tif': () => steps(3),
  'ranged.tif': () => steps(1, blackAndWhite([50], [100])),
  'ranged3.tif': () => steps(3, blackAndWhite([50, 0, 10], [100, 200, 0])),
  'from-fifty.tif': () => steps(1, blackAndWhite([50], [])),
  'dpi.tif': () => steps(1, { 282: rational(300, 1), 283: rational(300, 2) }),
  'one-dpi.tif': () => steps(1, { 283: rational(300, 1) }),
  'no-dpi.tif': () => steps(1, { 282: rational(0, 1), 283: rational(300, 1) }),
  'no-dpi-down.tif': () => steps(1, { 282: rational(300, 1), 283: rational(300, 0) }),
  'inks.tif': () => writeSamples(CMYK, { size: { width: 64, height: 16 }, tile: TILE }),
  'bilevel.tif': () => writeSamples(BILEVEL, { size: SMALL, tile: TILE }),
  'colour.tif': () => plain([100, 150, 200]),
  'half-lab.tif': () => plain([128, 0, 0], 8),
  'deep.tif': () => deepTiles(4095),
  'deeper.tif': () => deepTiles(4096),
  'text.tif': () => Buffer.from('no image at all, whatever its name says'),
  'cut.tif': () => examplePyramid().subarray(0, 20_000),
};

/** An application over images of every kind that IIP tells apart. */
export interface IipServer {
  get(query: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  application(): Application;
  /** Of the images. */
  readonly folder: string;
}

/** Starts it before the tests of a file and closes it after them. */
export function startIip(env: Record<string, string> = {}): IipServer {
  const folder = mkdtempSync(join(tmpdir(), 'mezzotint-iip-'));
  let application: Application | undefined;
  before(async () => {
    for (const [name, draw] of Object.entries(FILES)) writeFileSync(join(folder, name), draw());
    const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
    application = await createApp({ config, log: silentLog });
  });
  after(async () => {
    await application?.close();
    rmSync(folder, { recursive: true });
  });
  const running = (): Application => {
    if (!application) throw new Error('not started yet');
    return application;
  };
  return {
    folder,
    application: running,
    get: (query, headers = {}) => running().app.inject({ url: `/iip?${query}`, headers }),
  };
}
