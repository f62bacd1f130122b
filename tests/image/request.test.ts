import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Operations } from '../../image/operations.ts';
import { type OutputDepth, operationKey, type ResolvedRequest } from '../../image/request.ts';

const plain = { noNullPrototype: true };
const few = fc.integer({ min: 0, max: 3 });
const anyQuality = fc.integer({ min: -1, max: 12 });

const anyOperations: fc.Arbitrary<Operations> = fc
  .record(
    {
      ranges: fc.constantFrom([{ band: 'all', min: 0, max: 1 }], [{ band: 1, min: 0, max: 1 }]),
      stretch: fc.constant(true),
      gamma: fc.constantFrom(1.5, 'log'),
      kernel: fc.constantFrom([1], [1, 1, 1, 1, 1, 1, 1, 1, 1]),
      twist: fc.constantFrom([[1, 0]], [[1], [0]]),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((operations) => Object.keys(operations).length > 0) as fc.Arbitrary<Operations>;

/** Few values for each field, so that two of them are often nearly the same. */
const anyResolved: fc.Arbitrary<ResolvedRequest> = fc.record(
  {
    page: fc.integer({ min: 1, max: 12 }),
    region: fc.record({ x: fc.oneof(few, fc.constantFrom(0.5, 1.25)), y: few, width: few, height: few }, plain),
    size: fc.record({ width: few, height: few }, plain),
    operations: anyOperations,
    rotation: fc.record({ mirror: fc.boolean(), degrees: fc.constantFrom(0, 9, 90, 90.5, 0.5) }, plain),
    quality: fc.constantFrom('color', 'gray', 'bitonal'),
    format: fc.record(
      {
        type: fc.constantFrom('jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'pdf', 'jp2'),
        quality: anyQuality,
        compression: fc.constantFrom('none', 'lzw', 'deflate', 'jpeg', 'webp', 'zstd'),
        depth: fc.constantFrom<OutputDepth>(8, 'native'),
      },
      { requiredKeys: ['type'], noNullPrototype: true },
    ),
    purpose: fc.constantFrom('tile', 'export'),
    canvas: fc.record({ width: few, height: few }, plain),
  },
  { requiredKeys: ['region', 'size', 'rotation', 'quality', 'format', 'purpose'], noNullPrototype: true },
);

describe('operationKey', () => {
  it('is the same exactly when the requests are', () => {
    const property = fc.property(anyResolved, anyResolved, (a, b) => {
      assert.equal(operationKey(a) === operationKey(b), isDeepStrictEqual(a, b));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('changes with every single field', () => {
    const property = fc.property(anyResolved, anyResolved, (a, b) => {
      for (const field of ['canvas', 'region', 'size', 'operations', 'rotation', 'quality', 'format'] as const) {
        const mixed: ResolvedRequest = { ...a, [field]: b[field] };
        assert.equal(operationKey(a) === operationKey(mixed), isDeepStrictEqual(a[field], b[field]));
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
