import { fractalNoise } from './noise.ts';
import type { Picture } from './picture.ts';

const SEED = 53;

/** Every hue around the middle, lighter and darker in soft folds, as CIELAB. */
export function colourPlane(side: number): Picture {
  return {
    name: 'cielab',
    title: 'CIELAB: hue around the middle, lightness in folds',
    size: { width: side, height: side },
    storage: { photometric: 'cielab', kind: 'uint8' },
    draw(pixels, top) {
      for (let pixel = 0; pixel < pixels.length / 3; pixel++) {
        const x = ((pixel % side) / side) * 2 - 1;
        const y = ((top + Math.floor(pixel / side)) / side) * 2 - 1;
        const fold = fractalNoise(x * 2.5 + 7, y * 2.5 + 7, 6, SEED);
        const turn = 2.4 * (fold - 0.5);
        const a = x * Math.cos(turn) - y * Math.sin(turn);
        const b = x * Math.sin(turn) + y * Math.cos(turn);
        const lightness = 62 + 26 * Math.sin(fold * 22) * Math.exp(-0.4 * (x * x + y * y));
        pixels[pixel * 3] = lightness * 2.55;
        pixels[pixel * 3 + 1] = 128 + 62 * a;
        pixels[pixel * 3 + 2] = 128 + 62 * b;
      }
    },
  };
}
