import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadKernels } from '../../../codecs/kernels/load-kernels.ts';

describe('the kernels', () => {
  it('give each call memory of its own, used again by the next', () => {
    const kernels = loadKernels();
    const addresses = [0, 1].map(() =>
      kernels.run((kernel) => {
        const first = kernel.put(Uint8Array.of(1, 2, 3));
        const second = kernel.put(Uint8Array.of(4, 5));
        const output = new Uint8Array(3);
        kernel.get(first, output);
        assert.deepEqual(output, Uint8Array.of(1, 2, 3));
        kernel.get(second, output.subarray(0, 2));
        assert.deepEqual(output, Uint8Array.of(4, 5, 3));
        return [first, second];
      }),
    );
    assert.deepEqual(addresses[0], addresses[1]);
  });

  it('keep what was put there when memory grows', () => {
    const written = Uint8Array.from({ length: 1000 }, (_, index) => index);
    const read = new Uint8Array(1000);
    loadKernels().run((kernel) => {
      const address = kernel.put(written);
      kernel.put(new Uint8Array(50_000_000));
      kernel.get(address, read);
    });
    assert.deepEqual(read, written);
  });

  it('say when there is no more memory, and work again afterwards', () => {
    const kernels = loadKernels();
    assert.throws(() => kernels.run((kernel) => kernel.allocate(2 ** 32 - 1)), RangeError);
    assert.throws(() => kernels.run((kernel) => kernel.allocate(2 ** 30)), RangeError);
    assert.ok(kernels.run((kernel) => kernel.allocate(1)) > 0);
  });

  it('let an instance go after an error', () => {
    const kernels = loadKernels();
    const seen: unknown[] = [];
    const remember = (kernel: unknown) => seen.push(kernel);
    kernels.run(remember);
    kernels.run(remember);
    assert.throws(() =>
      kernels.run((kernel) => {
        remember(kernel);
        throw new Error('damaged');
      }),
    );
    kernels.run(remember);
    assert.equal(seen[0], seen[1]);
    assert.equal(seen[1], seen[2]);
    assert.notEqual(seen[2], seen[3]);
  });

  it('let an instance go after a trap', () => {
    const kernels = loadKernels();
    const first = kernels.run((kernel) => kernel);
    assert.throws(
      () => kernels.run((kernel) => kernel.call('undo_differencing', 2 ** 31, 1000, 10, 1, 1)),
      /out of bounds/,
    );
    assert.notEqual(
      kernels.run((kernel) => kernel),
      first,
    );
  });

  it('let an instance go that has grown large', () => {
    const kernels = loadKernels();
    const first = kernels.run((kernel) => {
      kernel.allocate(100_000_000);
      return kernel;
    });
    assert.notEqual(
      kernels.run((kernel) => kernel),
      first,
    );
  });

  it('keep what takes turns apart', async () => {
    const kernels = loadKernels();
    const work = () =>
      kernels.runInTurns(async (kernel) => {
        await new Promise(setImmediate);
        return kernel;
      });
    const [first, second] = await Promise.all([work(), work()]);
    assert.notEqual(first, second);
    assert.ok(kernels.run((kernel) => [first, second].includes(kernel)));
  });
});
