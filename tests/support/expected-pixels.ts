import { mapColour, type SampleKind } from './sample-kinds.ts';

/** What a pixel of stored numbers has to be read as. */
export function expectedSamples(kind: SampleKind, stored: readonly number[]): number[] {
  if (kind.map) return [...mapColour(stored[0] ?? 0, kind.bits), ...stored.slice(1)];
  if (kind.photometric === 'YCbCr') return rgbOfYcbcr(stored);
  if (kind.photometric === 'ICCLAB') return cielabOfIcc(kind, stored);
  const plain = stored.map((value) => widened(kind, value));
  if (kind.photometric === 'MinIsWhite') return inverted(kind, plain);
  return kind.extra?.[0] === 1 ? divided(plain, largestOf(kind), kind) : plain;
}

function largestOf({ bits, format }: SampleKind): number {
  if (format === 'real') return 1;
  return bits <= 8 ? 255 : bits <= 16 ? 65_535 : 2 ** 32 - 1;
}

function inverted(kind: SampleKind, [first = 0, ...others]: readonly number[]): number[] {
  return [kind.format === 'unsigned' ? largestOf(kind) - first : -first, ...others];
}

/** By the formulas of the reference: 6 bits `(v << 2) | (v >> 4)` and so on. */
function widened({ bits, format }: SampleKind, v: number): number {
  if (format !== 'unsigned') return Math.fround(v);
  switch (bits) {
    case 1:
      return v * 255;
    case 2:
      return v * 85;
    case 4:
      return v * 17;
    case 6:
      return (v << 2) | (v >> 4);
    case 10:
      return (v << 6) | (v >> 4);
    case 12:
      return (v << 4) | (v >> 8);
    case 14:
      return (v << 2) | (v >> 12);
    case 24:
      return v * 256 + Math.floor(v / 65_536);
    default:
      return bits < 16 && bits !== 8 ? repeated(v, bits) : v;
  }
}

/** The binary digits of a number again and again, as the formulas above amount to, until there are 8 or 16. */
function repeated(v: number, bits: number): number {
  const digits = v.toString(2).padStart(bits, '0').repeat(8);
  return Number.parseInt(digits.slice(0, bits < 8 ? 8 : 16), 2);
}

/** BT.601 at full range. */
function rgbOfYcbcr([y = 0, cb = 0, cr = 0]: readonly number[]): number[] {
  const red = y + 1.402 * (cr - 128);
  const blue = y + 1.772 * (cb - 128);
  const green = (y - 0.299 * red - 0.114 * blue) / 0.587;
  return [red, green, blue].map((value) => Math.round(Math.min(255, Math.max(0, value))));
}

function cielabOfIcc({ bits }: SampleKind, [l = 0, a = 0, b = 0]: readonly number[]): number[] {
  const sign = 2 ** (bits - 1);
  const turned = [a, b].map((value) => (value + sign) % (2 * sign));
  return [bits === 8 ? l : Math.round((l * 65_535) / 65_280), ...turned];
}

function divided(plain: readonly number[], largest: number, { bands, extra = [] }: SampleKind): number[] {
  const colours = bands - extra.length;
  const alpha = plain[colours] ?? largest;
  if (alpha <= 0 || alpha >= largest) return [...plain];
  const whole = (value: number) => (largest === 1 ? Math.fround(value) : Math.round(value));
  return plain.map((value, band) => (band < colours ? whole(Math.min(largest, (value * largest) / alpha)) : value));
}

/** What a pixel as read has to be shown as. @param ranges - the lowest and the highest sample of each band */
export function expectedBytes(
  kind: SampleKind,
  samples: readonly number[],
  ranges: readonly (readonly [number, number])[],
): number[] {
  if (kind.map || kind.photometric === 'YCbCr') return [...samples];
  const hasAlpha = kind.extra?.[0] === 1 || kind.extra?.[0] === 2;
  const colours = kind.bands - (kind.extra?.length ?? 0);
  const alpha = hasAlpha ? [opacity(kind, samples[colours] ?? 0)] : [];
  if (kind.photometric === 'CIELAB' || kind.photometric === 'ICCLAB') return [...srgbOfLab(kind, samples), ...alpha];
  const all = samples.map((value, band) => scaled(kind, value, ranges[band] ?? [0, 1]));
  if (kind.photometric === 'CMYK') return [...rgbOfInks(all), ...alpha];
  return [...all.slice(0, shownColours(kind, hasAlpha)), ...alpha];
}

/** Several grey bands without alpha: the first three. */
function shownColours({ photometric, bands }: SampleKind, hasAlpha: boolean): number {
  return photometric === 'RGB' || (bands >= 3 && !hasAlpha) ? 3 : 1;
}

function scaled(kind: SampleKind, value: number, [low, high]: readonly [number, number]): number {
  if (kind.range) return rounded((value - kind.range[0]) / (kind.range[1] - kind.range[0]));
  if (kind.format === 'signed' && kind.bits < 32) return rounded((value + 2 ** (kind.bits - 1)) / (2 ** kind.bits - 1));
  if (kind.format !== 'unsigned' || kind.bits > 16) return rounded((value - low) / (high - low));
  return kind.bits <= 8 ? value : value >> 8;
}

function opacity({ bits, format }: SampleKind, value: number): number {
  if (format === 'real') return rounded(value);
  return bits === 16 ? value >> 8 : value;
}

function rounded(part: number): number {
  return Math.round(Math.min(1, Math.max(0, part)) * 255);
}

function rgbOfInks([c = 0, m = 0, y = 0, k = 0]: readonly number[]): number[] {
  return [c, m, y].map((ink) => Math.round(((255 - ink) * (255 - k)) / 255));
}

/** CIE 15 and IEC 61966-2-1, for D65. */
function srgbOfLab(kind: SampleKind, [l = 0, a = 0, b = 0]: readonly number[]): number[] {
  const signed = (value: number) => (value >= 2 ** (kind.bits - 1) ? value - 2 ** kind.bits : value);
  const unit = kind.bits === 8 ? 1 : 256;
  const lightness = kind.format === 'real' ? l : (l / (2 ** kind.bits - 1)) * 100;
  const [first, second] = kind.format === 'real' ? [a, b] : [signed(a) / unit, signed(b) / unit];
  const fy = (lightness + 16) / 116;
  const inverse = (t: number) => (t > 6 / 29 ? t ** 3 : (t - 16 / 116) / 7.787);
  const [x, y, z] = [0.95047 * inverse(fy + first / 500), inverse(fy), 1.088827 * inverse(fy - second / 200)];
  return [
    3.2406255 * x - 1.537208 * y - 0.4986286 * z,
    -0.9689307 * x + 1.8757561 * y + 0.0415175 * z,
    0.0557101 * x - 0.2040211 * y + 1.0569959 * z,
  ].map((light) => rounded(light <= 0.0031308 ? 12.92 * Math.max(0, light) : 1.055 * light ** (1 / 2.4) - 0.055));
}
