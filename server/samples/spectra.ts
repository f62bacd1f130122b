import { fractalNoise, noise } from './noise.ts';
import { smoothstep } from './palette.ts';
import type { Picture } from './picture.ts';

const SEED = 437;
const FIRST_BAND = 450;
const BAND_STEP = 50;
const BANDS = 12;
const WHITE = 65_535;

/** How much of the light of a wavelength in nanometres a pigment throws back, 0 to 1. */
type Pigment = (wavelength: number) => number;

const ULTRAMARINE: Pigment = (w) => 0.06 + 0.4 * bell(w, 455, 45) + 0.75 * smoothstep(690, 820, w);
const VERMILION: Pigment = (w) => 0.05 + 0.8 * smoothstep(575, 635, w);
const OCHRE: Pigment = (w) => 0.12 + 0.45 * smoothstep(500, 620, w) + 0.2 * smoothstep(700, 950, w);
const GREEN_EARTH: Pigment = (w) => 0.1 + 0.28 * bell(w, 545, 55) + 0.35 * smoothstep(720, 900, w);
const PIGMENTS = [ULTRAMARINE, VERMILION, OCHRE, GREEN_EARTH] as const;

/** A painting seen in twelve narrow bands, whose underdrawing only the infrared ones show; 16 bits each. */
export function spectra(side: number): Picture {
  const wavelengths = Array.from({ length: BANDS }, (_, band) => FIRST_BAND + band * BAND_STEP);
  return {
    name: 'spectra',
    title: 'Multispectral stack of a painting, 450 to 1000 nm, 16-bit',
    size: { width: side, height: side },
    storage: {
      photometric: 'gray',
      kind: 'uint16',
      pages: wavelengths.map((wavelength) => ({ name: `${wavelength} nm`, scale: 1 })),
    },
    draw(pixels, top) {
      const wavelength = wavelengths[Math.floor(top / side)] ?? FIRST_BAND;
      const shares = PIGMENTS.map((pigment) => pigment(wavelength));
      const depth = smoothstep(700, 950, wavelength);
      for (let index = 0; index < pixels.length; index++) {
        const x = (index % side) / side;
        const y = ((top % side) + Math.floor(index / side)) / side;
        const shade = depth > 0 ? 1 - 0.75 * depth * drawing(x, y) : 1;
        pixels[index] = WHITE * Math.min(1, paint(x, y, shares) * shade);
      }
    },
  };
}

/** Light thrown back by the paint at a place from 0 to 1: patches of pigments, brushed. */
function paint(x: number, y: number, shares: readonly number[]): number {
  const warp = 0.25 * fractalNoise(x * 3, y * 3, 4, SEED);
  const field = noise((x + warp) * 4, (y - warp) * 4, SEED + 9) * 1.3 + 0.35 * noise(x * 9, y * 9, SEED + 11) - 0.15;
  const place = Math.min(Math.max(field, 0), 0.999) * shares.length;
  const patch = Math.floor(place);
  const edge = smoothstep(0.88, 1, place - patch);
  const colour = (shares[patch] ?? 0) * (1 - edge) + (shares[patch + 1] ?? shares[patch] ?? 0) * edge;
  const brush = 0.8 + 0.3 * noise(x * 40 + y * 25, y * 160 - x * 90, SEED + 13);
  return colour * brush;
}

/** Lines of charcoal, 0 to 1: circles about two centres and their meeting, drawn before the paint. */
function drawing(x: number, y: number): number {
  const shake = 0.006 * noise(x * 12, y * 12, SEED + 17);
  const toFirst = Math.sqrt((x - 0.42) ** 2 + (y - 0.45) ** 2); // Math.hypot takes ten times as long
  const toSecond = Math.sqrt((x - 0.64) ** 2 + (y - 0.58) ** 2);
  const rings = [0.12, 0.2, 0.31].flatMap((radius) => [
    line(toFirst - radius + shake),
    line(toSecond - radius - shake),
  ]);
  return Math.max(...rings, line(x - y * 0.4 - 0.3 + shake), line(x * 0.6 + y - 0.82 - shake));
}

function line(distance: number): number {
  return 1 - smoothstep(0.0015, 0.004, Math.abs(distance));
}

function bell(value: number, centre: number, width: number): number {
  return Math.exp(-(((value - centre) / width) ** 2));
}
