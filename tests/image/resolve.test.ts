import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ImageError,
  MalformedRequest,
  NoNormalMap,
  RegionOutsideImage,
  SizeOverLimit,
  UpscalingDisabled,
} from '../../image/errors.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import type { Operations } from '../../image/operations.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import { type FormatName, type ImageRequest, type Region, type Scale, UPRIGHT } from '../../image/request.ts';
import { type Limits, resolve, resolveRegion } from '../../image/resolve.ts';
import { fitWithin } from '../../image/scaled-size.ts';
import type { PixelLayout } from '../../image/source.ts';
import { anySize } from './arbitraries.ts';

const LAYOUT: PixelLayout = { bands: 3, photometric: 'rgb', hasAlpha: false, bitsPerSample: 8 };
const LIMITS: Limits = { maxSide: 5000, allowUpscaling: true, maxDecodedBytes: 320 * 2 ** 20, maxLayers: 'half' };
const IMAGE = { width: 1000, height: 700 };

function sourceOf(size: { width: number; height: number }, layout = LAYOUT) {
  return { levels: pyramidOf([{ ...size, tile: { width: 256, height: 256 } }]), layout };
}

const BASE: ImageRequest = {
  identifier: parseIdentifier('a.tif'),
  region: { kind: 'full' },
  scale: { kind: 'max' },
  upscale: false,
  oversize: 'refuse',
  rotation: UPRIGHT,
  quality: 'default',
  format: { type: 'jpeg' },
};

/** The size of the answer, as `width`x`height`, or the error's name. */
function outcome(part: Partial<ImageRequest>, limits: Partial<Limits> = {}, image = IMAGE): string {
  try {
    const { size } = resolve({ ...BASE, ...part }, sourceOf(image), { ...LIMITS, ...limits });
    return `${size.width}x${size.height}`;
  } catch (error) {
    if (error instanceof ImageError) return error.constructor.name;
    throw error;
  }
}

const width = (pixels: number): Scale => ({ kind: 'width', pixels });
const height = (pixels: number): Scale => ({ kind: 'height', pixels });
const factor = (percent: number): Scale => ({ kind: 'factor', factor: percent / 100 });
const exact = (w: number, h: number): Scale => ({ kind: 'exact', size: { width: w, height: h } });
const fit = (w: number, h: number): Scale => ({ kind: 'fit', within: { width: w, height: h } });
const max: Scale = { kind: 'max' };

describe('sizes of IIIF', () => {
  /** What the specification says, for an image of 1000 x 700 and a limit of 5000 on a side. */
  const table: readonly [string, Scale, boolean, string][] = [
    ['max', max, false, '1000x700'],
    ['^max', max, true, '5000x3500'],
    ['300,', width(300), false, '300x210'],
    ['1000,', width(1000), false, '1000x700'],
    ['1001,', width(1001), false, 'MalformedRequest'],
    ['^1001,', width(1001), true, '1001x701'],
    ['^2000,', width(2000), true, '2000x1400'],
    ['^5000,', width(5000), true, '5000x3500'],
    ['^5001,', width(5001), true, 'SizeOverLimit'],
    ['1,', width(1), false, '1x1'],
    [',300', height(300), false, '429x300'],
    [',700', height(700), false, '1000x700'],
    [',701', height(701), false, 'MalformedRequest'],
    ['^,3500', height(3500), true, '5000x3500'],
    ['^,3501', height(3501), true, 'SizeOverLimit'],
    ['pct:33', factor(33), false, '330x231'],
    ['pct:100', factor(100), false, '1000x700'],
    ['pct:101', factor(101), false, 'MalformedRequest'],
    ['^pct:150', factor(150), true, '1500x1050'],
    ['^pct:500', factor(500), true, '5000x3500'],
    ['^pct:501', factor(501), true, 'SizeOverLimit'],
    ['pct:0.01', factor(0.01), false, 'MalformedRequest'],
    ['300,300', exact(300, 300), false, '300x300'],
    ['1000,701', exact(1000, 701), false, 'MalformedRequest'],
    ['1,700', exact(1, 700), false, '1x700'],
    ['^5000,5000', exact(5000, 5000), true, '5000x5000'],
    ['^5001,1', exact(5001, 1), true, 'SizeOverLimit'],
    ['^1,5001', exact(1, 5001), true, 'SizeOverLimit'],
    ['!300,300', fit(300, 300), false, '300x210'],
    ['!2000,2000', fit(2000, 2000), false, '1000x700'],
    ['!2000,350', fit(2000, 350), false, '500x350'],
    ['^!2000,2000', fit(2000, 2000), true, '2000x1400'],
    ['^!9000,9000', fit(9000, 9000), true, '5000x3500'],
  ];

  for (const [text, scale, upscale, expected] of table) {
    it(`"${text}" of 1000 x 700 is ${expected}`, () => {
      assert.equal(outcome({ scale, upscale }), expected);
    });
  }

  it('reduces "max" and "!w,h" to the limits, and refuses what is explicit', () => {
    const image = { width: 8000, height: 4000 };
    assert.equal(outcome({ scale: max }, {}, image), '5000x2500');
    assert.equal(outcome({ scale: max, upscale: true }, {}, image), '5000x2500');
    assert.equal(outcome({ scale: fit(6000, 6000) }, {}, image), '5000x2500');
    assert.equal(outcome({ scale: width(5000) }, {}, image), '5000x2500');
    assert.equal(outcome({ scale: width(5001) }, {}, image), 'SizeOverLimit');
    assert.equal(outcome({ scale: factor(100) }, {}, image), 'SizeOverLimit');
  });

  it('refuses to enlarge where the server is set so, whatever the form', () => {
    const forms = [max, width(1001), height(701), factor(101), exact(1000, 701), fit(2000, 2000)];
    for (const scale of forms) {
      assert.equal(outcome({ scale, upscale: true }, { allowUpscaling: false }), 'UpscalingDisabled', scale.kind);
    }
    assert.equal(outcome({ scale: width(1000), upscale: true }, { allowUpscaling: false }), '1000x700');
    assert.equal(outcome({ scale: fit(1000, 9000), upscale: true }, { allowUpscaling: false }), '1000x700');
  });

  it('enlarges "^max" up to the limits, to those of the decode budget where there are no others', () => {
    assert.equal(outcome({ scale: max, upscale: true }, { maxSide: 1500 }), '1500x1050');
    assert.equal(
      outcome({ scale: max, upscale: true }, { maxSide: Number.POSITIVE_INFINITY, maxDecodedBytes: 2_800_000 * 3 }),
      '2000x1400',
    );
    assert.equal(
      outcome({ scale: fit(2000, 2000), upscale: true }, { maxSide: Number.POSITIVE_INFINITY }),
      '2000x1400',
    );
  });

  it('keep within the pixels that the decode budget allows, refusing only what is explicit', () => {
    const image = { width: 2000, height: 1000 };
    const budget = { maxDecodedBytes: 500_000 * 3 }; // a quarter of the image
    assert.equal(outcome({ scale: max }, budget, image), '1000x500');
    assert.equal(outcome({ scale: fit(1800, 1800) }, budget, image), '1000x500');
    assert.equal(outcome({ scale: fit(800, 800) }, budget, image), '800x400');
    assert.equal(outcome({ scale: width(1000) }, budget, image), '1000x500');
    assert.equal(outcome({ scale: width(1001) }, budget, image), 'SizeOverLimit');
    assert.equal(outcome({ scale: width(1800), oversize: 'reduce' }, budget, image), '1000x500');
  });

  it('reach the full limit of 5000 on a side for 8-bit colour with the default budget', () => {
    const image = { width: 60_000, height: 60_000 };
    assert.equal(outcome({ scale: max }, {}, image), '5000x5000');
    assert.equal(outcome({ scale: exact(5000, 5000) }, {}, image), '5000x5000');
  });

  it('count once the picture is turned: what adapts shrinks, what is explicit is refused', () => {
    const turned = (degrees: number) => ({ rotation: { mirror: false, degrees } });
    const square = { width: 8000, height: 8000 };
    assert.equal(outcome({ scale: max, ...turned(90) }, {}, square), '5000x5000');
    assert.equal(outcome({ scale: max, ...turned(45) }, {}, square), '3535x3535'); // its diagonal is 4999.2
    assert.equal(outcome({ scale: fit(4000, 4000), ...turned(45) }, {}, square), '3535x3535');
    assert.equal(outcome({ scale: width(3535), ...turned(45) }, {}, square), '3535x3535');
    assert.equal(outcome({ scale: width(3536), ...turned(45) }, {}, square), 'SizeOverLimit');
    assert.equal(outcome({ scale: width(5000), oversize: 'reduce', ...turned(45) }, {}, square), '3535x3535');
    const odd = { width: 1000, height: 700 };
    assert.equal(outcome({ scale: max, ...turned(45) }, { maxSide: 600 }, odd), '499x349'); // 599.6, 500 would be 601.1
    assert.equal(outcome({ scale: fit(600, 600), ...turned(45) }, { maxSide: 600 }, odd), '499x349');
    assert.equal(outcome({ scale: max, ...turned(45) }, { maxSide: 2 }, odd), '1x1'); // its box is 2 x 2
    assert.equal(outcome({ scale: max, ...turned(45) }, { maxSide: 1 }, odd), 'SizeOverLimit');
    const [budget, thousand] = [{ maxDecodedBytes: 2_000_000 * 3 }, { width: 1000, height: 1000 }];
    assert.equal(outcome({ scale: max, ...turned(45) }, budget, thousand), '999x999'); // 1413 x 1413
    assert.equal(outcome({ scale: exact(1000, 1000), ...turned(45) }, budget, thousand), 'SizeOverLimit'); // 1415 x 1415
  });

  it('are exact for any sides up to 2^31 - 1', () => {
    const huge = { maxSide: 2 ** 31 - 1, maxDecodedBytes: 2 ** 70 };
    const [long, odd] = [2 ** 31 - 1, 2 ** 31 - 3];
    const png = { format: { type: 'png' as const } };
    assert.equal(
      outcome({ scale: width(1_500_000_000), ...png }, huge, { width: long, height: odd }),
      '1500000000x1499999999',
    );
    assert.equal(outcome({ scale: fit(long, odd), ...png }, huge, { width: long, height: odd }), `${long}x${odd}`);
    assert.equal(
      outcome({ scale: fit(long, odd - 1), ...png }, huge, { width: long, height: odd }),
      `${long - 1}x${odd - 1}`,
    );
    assert.equal(outcome({ scale: width(1), ...png }, huge, { width: long, height: 1 }), '1x1');
    assert.equal(outcome({ scale: height(1), upscale: true, ...png }, huge, { width: long, height: 1 }), `${long}x1`);
  });

  it('round like whole numbers do, and never leave the box or the shape', () => {
    const side = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    const property = fc.property(side, side, side, side, (width, height, boxWidth, boxHeight) => {
      const size = fitWithin({ width, height }, { width: boxWidth, height: boxHeight });
      const isWide = BigInt(boxWidth) * BigInt(height) <= BigInt(boxHeight) * BigInt(width);
      const follow = (box: number, side: number, other: number) => {
        const rounded = (2n * BigInt(box) * BigInt(side) + BigInt(other)) / (2n * BigInt(other));
        return Number(rounded > 1n ? rounded : 1n);
      };
      const expected = isWide
        ? { width: boxWidth, height: follow(boxWidth, height, width) }
        : { width: follow(boxHeight, width, height), height: boxHeight };
      assert.deepEqual(size, expected);
      assert.ok(size.width <= boxWidth && size.height <= boxHeight);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('refuses what the format cannot hold', () => {
    const unlimited = { maxSide: Number.POSITIVE_INFINITY, maxDecodedBytes: 2 ** 40 };
    const limits: [FormatName, number][] = [
      ['jpeg', 65_500],
      ['webp', 16_383],
      ['avif', 16_384],
    ];
    for (const [type, side] of limits) {
      const format = { type };
      assert.equal(outcome({ scale: exact(side, 1), upscale: true, format }, unlimited), `${side}x1`);
      assert.equal(outcome({ scale: exact(side + 1, 1), upscale: true, format }, unlimited), 'SizeOverLimit');
    }
  });
});

describe('sizes of IIP', () => {
  const iip = { oversize: 'reduce', upscale: true } as const;

  it('are those of the worked examples', () => {
    assert.equal(outcome({ ...iip, scale: width(300) }), '300x210');
    assert.equal(outcome({ ...iip, scale: height(300) }), '429x300');
    assert.equal(outcome({ ...iip, scale: fit(300, 300) }), '300x210');
    assert.equal(outcome({ ...iip, scale: width(9000) }), '5000x3500');
    assert.equal(outcome({ ...iip, scale: height(9000) }), '5000x3500');
    assert.equal(outcome({ ...iip, scale: factor(100) }), '1000x700');
    const part = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
    assert.equal(outcome({ ...iip, region: { kind: 'fraction', part }, scale: width(200) }), '200x140');
    assert.equal(outcome({ ...iip, region: { kind: 'fraction', part }, scale: factor(100) }), '500x350');
  });

  it('stay within the source, with its shape, where enlarging is off', () => {
    assert.equal(outcome({ ...iip, scale: width(1600) }, { allowUpscaling: false }), '1000x700');
    assert.equal(outcome({ ...iip, scale: height(1600) }, { allowUpscaling: false }), '1000x700');
    assert.equal(outcome({ ...iip, scale: fit(1600, 800) }, { allowUpscaling: false }), '1000x700');
    assert.equal(outcome({ ...iip, scale: width(800) }, { allowUpscaling: false }), '800x560');
  });
});

describe('regions', () => {
  const anyRegion: fc.Arbitrary<Exclude<Region, { kind: 'tile' }>> = fc.oneof(
    fc.constantFrom<Region & { kind: 'full' | 'square' }>({ kind: 'full' }, { kind: 'square' }),
    fc.record({
      kind: fc.constant('pixels' as const),
      rect: fc.record({ x: fc.nat(4000), y: fc.nat(4000), width: anyLength(), height: anyLength() }),
    }),
    fc.record({
      kind: fc.constant('fraction' as const),
      part: fc.record({ x: anyFraction(), y: anyFraction(), width: anyFraction(), height: anyFraction() }),
    }),
  );

  it('are whole pixels inside the image and never empty', () => {
    const property = fc.property(anySize, anyRegion, (image, region) => {
      const rect = resolvedOrOutside(region, image);
      if (!rect) return;
      assert.ok(Object.values(rect).every(Number.isInteger));
      assert.ok(rect.x >= 0 && rect.y >= 0 && rect.width >= 1 && rect.height >= 1);
      assert.ok(rect.x + rect.width <= image.width && rect.y + rect.height <= image.height);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('lie outside only when they start beyond the last pixel', () => {
    const property = fc.property(anySize, anyRegion, (image, region) => {
      assert.equal(resolvedOrOutside(region, image) === undefined, startsBeyond(region, image));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('keep what the client asked for, cut at the right and bottom edges', () => {
    const cut = (x: number, y: number, w: number, h: number) =>
      resolveRegion({ kind: 'pixels', rect: { x, y, width: w, height: h } }, IMAGE);
    assert.deepEqual(cut(10, 20, 30, 40), { x: 10, y: 20, width: 30, height: 40 });
    assert.deepEqual(cut(768, 512, 256, 256), { x: 768, y: 512, width: 232, height: 188 });
    assert.deepEqual(cut(999, 699, 1, 1), { x: 999, y: 699, width: 1, height: 1 });
    assert.throws(() => cut(1000, 0, 1, 1), RegionOutsideImage);
    assert.throws(() => cut(0, 700, 1, 1), RegionOutsideImage);
  });

  it('are exactly square, and centred', () => {
    assert.deepEqual(resolveRegion({ kind: 'square' }, IMAGE), { x: 150, y: 0, width: 700, height: 700 });
    assert.deepEqual(resolveRegion({ kind: 'square' }, { width: 3, height: 8 }), { x: 0, y: 2, width: 3, height: 3 });
  });

  it('meet without gap or overlap when neighbouring parts are asked for', () => {
    const property = fc.property(anySize, fc.constantFrom(1, 2, 4, 16, 32), (image, parts) => {
      fc.pre(parts <= image.width);
      let expected = 0;
      for (let part = 0; part < parts; part++) {
        const strip = { x: part / parts, y: 0, width: 1 / parts, height: 1 };
        const rect = resolveRegion({ kind: 'fraction', part: strip }, image);
        assert.equal(rect.x, expected);
        expected = rect.x + rect.width;
      }
      assert.equal(expected, image.width);
    });
    fc.assert(property);
  });

  function anyLength() {
    return fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6000 }), fc.constant(2 ** 31 - 1));
  }

  function anyFraction() {
    return fc.oneof(fc.constantFrom(0, 0.25, 0.5, 0.9999, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  }

  function resolvedOrOutside(region: Exclude<Region, { kind: 'tile' }>, image: typeof IMAGE) {
    try {
      return resolveRegion(region, image);
    } catch (error) {
      assert.ok(error instanceof RegionOutsideImage);
      return undefined;
    }
  }

  function startsBeyond(region: Region, image: typeof IMAGE): boolean {
    if (region.kind === 'pixels') return region.rect.x >= image.width || region.rect.y >= image.height;
    return region.kind === 'fraction' && (region.part.x >= 1 || region.part.y >= 1);
  }
});

describe('resolve', () => {
  const anyPixels = fc.oneof(fc.nat(30), fc.nat(9000), fc.constantFrom(4999, 5000, 5001, 65_500, 65_501));
  const anyScale: fc.Arbitrary<Scale> = fc.oneof(
    fc.constant(max),
    fc.record({ kind: fc.constantFrom('width' as const, 'height' as const), pixels: anyPixels }),
    fc.double({ min: 0, max: 900, noNaN: true }).map(factor),
    fc.tuple(anyPixels, anyPixels).map(([w, h]) => exact(w, h)),
    fc.tuple(anyPixels, anyPixels).map(([w, h]) => fit(w, h)),
  );
  const anyRequest = fc.record({
    scale: anyScale,
    upscale: fc.boolean(),
    oversize: fc.constantFrom('refuse' as const, 'reduce' as const),
    format: fc.record({
      type: fc.constantFrom<FormatName>('jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'pdf', 'jp2'),
    }),
  });
  const anyLimits = fc.record({
    maxSide: fc.constantFrom(1, 100, 5000, Number.POSITIVE_INFINITY),
    maxDecodedBytes: fc.constantFrom(30, 3000, 2 ** 28),
    allowUpscaling: fc.boolean(),
    maxLayers: fc.constant('half' as const),
  });
  const UNLIMITED = 2 ** 31 - 1;
  const CEILINGS = {
    jpeg: 65_500,
    webp: 16_383,
    avif: 16_384,
    gif: 65_535,
    pdf: 65_500,
    jp2: 2 ** 31 - 1,
    png: UNLIMITED,
    tiff: UNLIMITED,
  };

  it('never gives a size above the limits, below one pixel, or larger than it may', () => {
    const property = fc.property(anySize, anyRequest, anyLimits, (image, part, limits) => {
      const text = outcome(part, limits, image);
      const [, w, h] = /^(\d+)x(\d+)$/.exec(text) ?? [];
      if (w === undefined || h === undefined) return;
      const limit = Math.min(limits.maxSide, CEILINGS[part.format.type]);
      assert.ok(Number(w) >= 1 && Number(h) >= 1 && Number(w) <= limit && Number(h) <= limit);
      assert.ok(Number(w) * Number(h) * 3 <= limits.maxDecodedBytes);
      const mayEnlarge = part.upscale && limits.allowUpscaling;
      assert.ok(mayEnlarge || (Number(w) <= image.width && Number(h) <= image.height));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('refuses no size in IIP but an empty one', () => {
    const property = fc.property(anySize, anyRequest, anyLimits, (image, part, limits) => {
      const text = outcome({ ...part, oversize: 'reduce' }, limits, image);
      assert.ok(/^\d+x\d+$/.test(text) || text === 'MalformedRequest');
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('says which error it is by its class', () => {
    const run = (part: Partial<ImageRequest>, limits: Partial<Limits> = {}) =>
      resolve({ ...BASE, ...part }, sourceOf(IMAGE), { ...LIMITS, ...limits });
    assert.throws(() => run({ scale: width(2000) }), MalformedRequest);
    assert.throws(() => run({ scale: width(2000), upscale: true }, { allowUpscaling: false }), UpscalingDisabled);
    assert.throws(() => run({ scale: width(6000), upscale: true }), SizeOverLimit);
  });

  it('gives colours only where the image has some', () => {
    const of = (quality: ImageRequest['quality'], bands: number, operations?: Operations) => {
      const layout: PixelLayout = { ...LAYOUT, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha: bands === 2 };
      return resolve({ ...BASE, quality, ...(operations && { operations }) }, sourceOf(IMAGE, layout), LIMITS).quality;
    };
    assert.deepEqual(
      [of('default', 3), of('color', 3), of('gray', 3), of('bitonal', 3)],
      ['color', 'color', 'gray', 'bitonal'],
    );
    assert.deepEqual(
      [of('default', 1), of('color', 1), of('gray', 2), of('bitonal', 1)],
      ['gray', 'gray', 'gray', 'bitonal'],
    );
    assert.equal(of('default', 4), 'color');
  });

  it('knows the colours that operations give and take', () => {
    const of = (operations: Operations, bands: 1 | 3, quality: ImageRequest['quality'] = 'default') => {
      const layout: PixelLayout = { ...LAYOUT, bands, photometric: bands < 3 ? 'gray' : 'rgb' };
      return resolve({ ...BASE, operations, quality }, sourceOf(IMAGE, layout), LIMITS).quality;
    };
    assert.equal(of({ colourMap: 'jet' }, 1), 'color');
    assert.equal(of({ colourMap: 'jet' }, 1, 'gray'), 'gray');
    assert.equal(of({ twist: [[1], [1], [1]] }, 1), 'color');
    assert.equal(of({ twist: [[1, 0, 0]] }, 3), 'gray');
    assert.equal(of({ hillshade: { azimuth: 45, elevation: 45 } }, 3), 'gray');
    assert.equal(of({ invert: true }, 3), 'color');
  });

  it('refuses to light what has no three bands', () => {
    const layout: PixelLayout = { ...LAYOUT, bands: 1, photometric: 'gray' };
    const request = { ...BASE, operations: { hillshade: { azimuth: 45, elevation: 45 } } };
    assert.throws(() => resolve(request, sourceOf(IMAGE, layout), LIMITS), NoNormalMap);
  });

  it('drops operations that change nothing', () => {
    const operations = { gamma: 1, contrast: 1, ranges: [], kernel: [2] };
    assert.equal(resolve({ ...BASE, operations }, sourceOf(IMAGE), LIMITS).operations, undefined);
    const some = resolve({ ...BASE, operations: { ...operations, gamma: 2, kernel: [-1] } }, sourceOf(IMAGE), LIMITS);
    assert.deepEqual(some.operations, { gamma: 2, kernel: [-1] });
  });

  it('keeps exports with operations within the budget', () => {
    const limits = { ...LIMITS, maxDecodedBytes: 1000 * 700 * 3 };
    const request: ImageRequest = { ...BASE, oversize: 'reduce', operations: { kernel: [0, 1, 0, 1, 1, 1, 0, 1, 0] } };
    const { size } = resolve(request, sourceOf(IMAGE), limits);
    assert.ok(size.width * size.height * 6 <= limits.maxDecodedBytes, `${size.width} x ${size.height}`);
    assert.deepEqual(resolve({ ...request, operations: { invert: true } }, sourceOf(IMAGE), limits).size, IMAGE);
  });
});
