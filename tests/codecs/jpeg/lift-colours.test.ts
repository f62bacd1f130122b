import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadKernels } from '../../../codecs/kernels/load-kernels.ts';

const KERNELS = loadKernels();

/** Few values, so that many pixels are grey and many almost. */
const SAMPLE = fc.constantFrom(0, 1, 127, 254, 255);

describe('the kernel that lifts colours', () => {
  it('adds a level of red and blue to each pixel that is not grey', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(SAMPLE, SAMPLE, SAMPLE), { minLength: 1, maxLength: 70 }), (pixels) => {
        const lifted = new Uint8Array(pixels.length * 3);
        KERNELS.run((kernel) => {
          const address = kernel.put(Uint8Array.from(pixels.flat()));
          kernel.allocate(48);
          kernel.call('lift_colours', address, lifted.length);
          kernel.get(address, lifted);
        });
        const expected = pixels.flatMap(([red, green, blue]) =>
          red === green && green === blue
            ? [red, green, blue]
            : [Math.min(255, red + 1), green, Math.min(255, blue + 1)],
        );
        assert.deepEqual([...lifted], expected);
      }),
    );
  });
});
