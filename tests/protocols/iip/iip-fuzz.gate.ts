import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LightMyRequestResponse } from 'fastify';
import { startIip } from './iip-files.ts';

/** Requests in all: the size that a gate has. */
const RUNS = 20_000;

/** Small, as every accepted export is made: what is asked for is mostly larger. */
const MAX_CVT = 300;

const iip = startIip({ MAX_CVT: String(MAX_CVT), WORKERS: '1' });

const number = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 12 }).map(String), weight: 6 },
  { arbitrary: fc.integer({ min: 0, max: 3000 }).map(String), weight: 2 },
  { arbitrary: fc.double({ min: -2, max: 400, noNaN: true }).map(String), weight: 2 },
  {
    arbitrary: fc.constantFrom(
      ...[
        '-1',
        '0',
        '1e9',
        '1e-7',
        'NaN',
        'Infinity',
        '2147483647',
        '2147483648',
        '99999999999999999999',
        '',
        ' 1',
        '+1',
      ],
      ...['0x10', '1e400', '٣', '12abc', '!90', '-90', '45', '%31', '-0'],
    ),
    weight: 2,
  },
);

const listOf = (separator: string, maxLength: number) =>
  fc.array(number, { minLength: 1, maxLength }).map((parts) => parts.join(separator));

const NAMES = [
  'rgb.tif',
  'gray16.tif',
  'gray32.tif',
  'float.tif',
  'rgba.tif',
  'lab.tif',
  'stack.tif',
  'seq',
  'many.tif',
];
const name = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES), weight: 12 },
  {
    arbitrary: fc.constantFrom(
      'text.tif',
      'cut.tif',
      'nothing',
      '../rgb.tif',
      '%2e%2e/rgb.tif',
      '/etc/passwd',
      '%00',
      '',
      '.',
    ),
    weight: 1,
  },
  { arbitrary: fc.string({ maxLength: 12 }).map(encodeURI), weight: 1 },
);

const OBJECTS = [
  ...[
    'IIP,1.0',
    'Basic-info',
    'IIP-server',
    'IIP-opt-comm',
    'IIP-opt-obj',
    'Max-size',
    'Tile-size',
    'Resolution-number',
  ],
  ...['Resolutions', 'Colorspace,*,*', 'Bits-per-channel', 'Min-Max-sample-values', 'DPI', 'Horizontal-views'],
  ...['Vertical-views', 'stack', 'metadata', 'Summary-info', 'rights', 'xmp', 'Histogram', 'keywords', 'foo'],
];

/** Each command with arguments that come close to being right. */
const ARGUMENTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  FIF: name,
  OBJ: fc.constantFrom(...OBJECTS),
  CVT: fc.constantFrom('jpeg', 'jpg', 'png', 'webp', 'tiff', 'tif', 'JPEG', 'bmp', 'gif', 'pdf'),
  JTL: listOf(',', 3),
  PTL: listOf(',', 2),
  WTL: listOf(',', 2),
  TTL: listOf(',', 2),
  JTLS: listOf(',', 5),
  TIL: fc.tuple(number, number, number).map(([level, first, last]) => `${level},${first}-${last}`),
  PFL: fc.tuple(number, listOf(',', 2), listOf(',', 2)).map(([level, start, end]) => `${level}:${start}-${end}`),
  SPECTRA: listOf(',', 5),
  ICC: number,
  WID: number,
  HEI: number,
  RGN: listOf(',', 5),
  ROT: number,
  QLT: fc.oneof(
    number,
    fc
      .tuple(fc.constantFrom('lzw', 'deflate', 'jpeg', 'webp', 'zstd', 'none', 'zip'), number)
      .map((parts) => parts.join(':')),
  ),
  LYR: number,
  DPT: fc.constantFrom('8', 'native', '16'),
  SDS: listOf(',', 3),
  CNT: fc.oneof(number, fc.constantFrom('eq', 'st', 'stretch', 'equalization')),
  GAM: fc.oneof(number, fc.constantFrom('log', 'logarithm')),
  MINMAX: fc.tuple(fc.oneof(number, fc.constant('-')), listOf(',', 3)).map((parts) => parts.join(':')),
  SHD: listOf(',', 3),
  CMP: fc.constantFrom('hot', 'cold', 'jet', 'blue', 'green', 'red', 'viridis', 'turbo', 'rainbow'),
  INV: fc.constantFrom('', '1'),
  CTW: fc.array(listOf(',', 4), { maxLength: 5 }).map((rows) => `[${rows.join(';')}]`),
  COL: fc.constantFrom('grey', 'gray', 'binary', 'red'),
  CNV: fc.oneof(
    fc.constantFrom('sobel', 'prewitt', 'scharr', 'laplace', 'gaussian', 'sharpen', 'emboss', 'x'),
    listOf(',', 10),
  ),
  foo: fc.string({ maxLength: 6 }).map(encodeURIComponent),
};

/** Arguments that are right for most images. */
const SOUND: Readonly<Record<string, fc.Arbitrary<string>>> = {
  FIF: fc.constantFrom(...NAMES),
  OBJ: fc.constantFrom('Max-size', 'Resolutions', 'Min-Max-sample-values', 'Histogram', 'Colorspace', 'Vertical-views'),
  CVT: fc.constantFrom('jpeg', 'png', 'webp', 'tiff'),
  JTL: fc.constantFrom('0,0', '0,0', '0,1', '2,11'),
  PTL: fc.constantFrom('0,0', '0,0', '0,1', '2,5'),
  TIL: fc.constantFrom('0,0', '0,0-1', '2,0-5'),
  PFL: fc.constantFrom('0:0,0-9,0', '0:5,5', '0:1,1-1,14'),
  SPECTRA: fc.constantFrom('0,0,1,1', '0,1,3,12'),
  WID: fc.integer({ min: 0, max: 4000 }).map(String),
  HEI: fc.integer({ min: 0, max: 4000 }).map(String),
  RGN: fc.array(fc.double({ min: 0.01, max: 0.9, noNaN: true }), { minLength: 4, maxLength: 4 }).map(String),
  ROT: fc.constantFrom('0', '90', '!180', '270', '-90', '45', '12.5'),
  QLT: fc.constantFrom('0', '9', '50', '100', 'deflate:3', 'lzw:1'),
  SDS: fc.constantFrom('0', '0,90'),
  DPT: fc.constantFrom('8', 'native'),
  CNT: fc.constantFrom('1.5', 'eq', 'st', '-1', '0'),
  GAM: fc.constantFrom('2', '0.5', 'log'),
  MINMAX: fc.constantFrom('0:10,200', '-:0,1', '7:5,5', '0:200,10'),
  SHD: fc.constantFrom('45,45', '300,10'),
  CMP: fc.constantFrom('hot', 'cold', 'jet', 'viridis'),
  INV: fc.constant('1'),
  CTW: fc.constantFrom('[1,0,0;0,1,0;0,0,1]', '[0.3,0.6,0.1]', '[1;1]'),
  COL: fc.constantFrom('grey', 'binary'),
  CNV: fc.constantFrom('sobel', 'gaussian', '[1]', `[${Array(25).fill(1)}]`),
};

function spelled(key: string, argument: fc.Arbitrary<string> | undefined): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(key, key.toLowerCase()), argument ?? fc.constant('')).map((parts) => parts.join('='));
}

const sound = fc.constantFrom(...Object.keys(SOUND)).chain((key) => spelled(key, SOUND[key]));

const command = fc.oneof(
  { arbitrary: sound, weight: 1 },
  { arbitrary: fc.constantFrom(...Object.keys(ARGUMENTS)).chain((key) => spelled(key, ARGUMENTS[key])), weight: 2 },
);

const noise = fc.string({ maxLength: 20 }).map(encodeURI);

const joined = (parts: readonly string[]) => parts.join('&');
const image = name.map((path) => `FIF=${path}`);

/** An image, some modifiers and something to answer, sometimes all of it right and sometimes anything. */
const query = fc
  .oneof(
    {
      arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.array(sound, { maxLength: 5 }), sound),
      weight: 4,
    },
    { arbitrary: fc.tuple(image, fc.array(command, { maxLength: 4 }), command), weight: 5 },
    { arbitrary: fc.tuple(noise, fc.array(fc.oneof(command, noise), { maxLength: 8 }), command), weight: 1 },
  )
  .map(([first, middle, last]) => joined([NAMES.includes(first) ? `FIF=${first}` : first, ...middle, last]));

const STATUSES = [200, 400, 404, 413, 414, 501];

/** Statuses of requests for the file that is damaged. */
const WITH_DAMAGE = [...STATUSES, 500];

const SECRETS = [/node_modules/, /\.ts:\d|\.js:\d/, / at \w+ \(/, /root:x:/, /ENOENT|EACCES|EISDIR/];

describe('IIP queries', () => {
  it(`never fail but deliberately, tell nothing of the host and stay within the limits: ${RUNS} of them`, async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        const answer = await iip.get(text.replace(/[^!-~]/g, '_'));
        seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
        const allowed = text.includes('cut.tif') ? WITH_DAMAGE : STATUSES;
        assert.ok(allowed.includes(answer.statusCode), `${answer.statusCode}: ${answer.payload.slice(0, 300)}`);
        assertDiscreet(answer);
        assertWithinLimits(answer);
      }),
      { numRuns: RUNS, seed },
    );
    test.diagnostic(
      [...seen]
        .sort()
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    );
    assert.ok((seen.get(200) ?? 0) > RUNS / 5, 'hardly anything was accepted');
  });
});

/** Texts only: pictures may contain any bytes. */
function assertDiscreet({ headers, payload }: LightMyRequestResponse): void {
  if (String(headers['content-type']).startsWith('image/')) return;
  assert.ok(!payload.includes(iip.folder));
  for (const secret of SECRETS) assert.doesNotMatch(payload.slice(0, 10_000), secret);
}

/** What is exported is named after its size before rotation, which is at most MAX_CVT; PNG tells its own as well. */
function assertWithinLimits({ headers, rawPayload }: LightMyRequestResponse): void {
  const [, width, height] = /_(\d+)x(\d+)\.\w+"$/.exec(String(headers['content-disposition'])) ?? [];
  if (width === undefined) return;
  assert.ok(Number(width) >= 1 && Number(width) <= MAX_CVT, `width ${width}`);
  assert.ok(Number(height) >= 1 && Number(height) <= MAX_CVT, `height ${height}`);
  if (headers['content-type'] !== 'image/png') return;
  const diagonal = Math.ceil(MAX_CVT * Math.SQRT2) + 1;
  for (const side of [rawPayload.readUInt32BE(16), rawPayload.readUInt32BE(20)]) {
    assert.ok(side >= 1 && side <= diagonal, `side ${side}`);
  }
}
