/** A kind of pixels: what is stored, what has to be read and what has to be shown, by plain arithmetic. */
export interface SampleKind {
  readonly photometric: keyof typeof PHOTOMETRIC;
  readonly bits: number;
  readonly format: 'unsigned' | 'signed' | 'real';
  readonly bands: number;
  /** ExtraSamples. */
  readonly extra?: readonly number[];
  /** SMinSampleValue and SMaxSampleValue. */
  readonly range?: readonly [number, number];
  /** Values of the colour map: of 16 bits, or of 8 as old writers have them. */
  readonly map?: 8 | 16;
  /** YCbCrSubsampling. */
  readonly subsampling?: readonly [number, number];
}

export const PHOTOMETRIC = {
  MinIsWhite: 0,
  MinIsBlack: 1,
  RGB: 2,
  palette: 3,
  CMYK: 5,
  YCbCr: 6,
  CIELAB: 8,
  ICCLAB: 9,
} as const;

const FORMAT = { unsigned: 1, signed: 2, real: 3 } as const;

/** Soft waves from 0 to 1, other ones in each band, lowest and highest values included. */
export function wave(x: number, y: number, band: number): number {
  return 0.5 + 0.27 * Math.sin(x / 19 + band * 2) + 0.27 * Math.cos(y / 13 - band);
}

/** The number stored for one sample. */
export function storedValue(kind: SampleKind, at: { x: number; y: number; band: number }): number {
  const v = Math.min(1, Math.max(0, wave(at.x, at.y, at.band)));
  const largest = 2 ** kind.bits - 1;
  const isAlpha = kind.extra !== undefined && at.band === kind.bands - kind.extra.length;
  if (isLab(kind)) return labValue(kind, v, at.band);
  if (kind.format === 'real') return asReal(isAlpha ? v : v * 3 - 1, kind.bits);
  if (kind.format === 'signed') return Math.round((v - 0.5) * largest - 0.5);
  if (kind.subsampling && at.band > 0) return Math.round(128 + 60 * (v - 0.5));
  return Math.round(v * largest);
}

function isLab({ photometric }: SampleKind): boolean {
  return photometric === 'CIELAB' || photometric === 'ICCLAB';
}

/** Lightness 0 to 100, the others from -30 to 30, in the encoding of the kind, as an unsigned number. */
function labValue(kind: SampleKind, v: number, band: number): number {
  const value = band === 0 ? v * 100 : (v - 0.5) * 60;
  if (kind.format === 'real') return Math.fround(value);
  return band === 0 ? Math.round((value / 100) * whiteOf(kind)) : signedCode(kind, value);
}

function whiteOf({ photometric, bits }: SampleKind): number {
  if (bits === 8) return 255;
  return photometric === 'ICCLAB' ? 65_280 : 65_535;
}

function signedCode({ photometric, bits }: SampleKind, value: number): number {
  const units = Math.round(value * (bits === 8 ? 1 : 256));
  const signBit = 2 ** (bits - 1);
  if (photometric === 'ICCLAB') return units + signBit;
  return units < 0 ? units + 2 * signBit : units;
}

/** The nearest number that so many bits hold, cut towards zero where they are few. */
function asReal(value: number, bits: number): number {
  if (bits === 64) return value;
  if (bits === 32) return Math.fround(value);
  const fraction = 2 ** ((bits === 16 ? 10 : 16) - Math.floor(Math.log2(Math.abs(value) || 1)));
  return Math.abs(value) < 2 ** -12 ? 0 : Math.trunc(value * fraction) / fraction;
}

/** The bits of a stored number. */
export function codeOf(kind: SampleKind, value: number): bigint {
  if (kind.format !== 'real') return BigInt.asUintN(kind.bits, BigInt(value));
  const view = new DataView(new ArrayBuffer(8));
  if (kind.bits === 32) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  view.setFloat64(0, value);
  const code = view.getBigUint64(0);
  return kind.bits === 64 ? code : shortened(code, value, kind.bits);
}

/** A 64-bit real number in 16 or 24 bits. */
function shortened(code: bigint, value: number, bits: number): bigint {
  if (value === 0) return 0n;
  const [exponentBits, fractionBits] = bits === 16 ? [5n, 10n] : [7n, 16n];
  const sign = code >> 63n;
  const exponent = ((code >> 52n) & 0x7ffn) - 1023n + (1n << (exponentBits - 1n)) - 1n;
  const fraction = (code & ((1n << 52n) - 1n)) >> (52n - fractionBits);
  return (((sign << exponentBits) | exponent) << fractionBits) | fraction;
}

/** Colour `index` of the map, as red, green and blue from 0 to 255. */
export function mapColour(index: number, bits: number): [number, number, number] {
  const part = index / (2 ** bits - 1);
  return [Math.round(part * 255), Math.round(255 - part * 200), Math.round(Math.abs(part - 0.5) * 255)];
}

/** The tags that say what a kind is. */
export function tagsOf(kind: SampleKind): Record<number, { type: number; values: number[] }> {
  const each = Array.from({ length: kind.bands });
  return {
    258: { type: 3, values: each.map(() => kind.bits) },
    262: { type: 3, values: [PHOTOMETRIC[kind.photometric]] },
    277: { type: 3, values: [kind.bands] },
    339: { type: 3, values: each.map(() => FORMAT[kind.format]) },
    ...(kind.extra && { 338: { type: 3, values: [...kind.extra] } }),
    ...(kind.map && { 320: { type: 3, values: mapValues(kind.bits, kind.map === 16 ? 257 : 1) } }),
    ...(kind.subsampling && { 530: { type: 3, values: [...kind.subsampling] } }),
    ...(kind.range && { 340: { type: 3, values: [kind.range[0]] }, 341: { type: 3, values: [kind.range[1]] } }),
  };
}

function mapValues(bits: number, factor: number): number[] {
  const indices = Array.from({ length: 2 ** bits }, (_, index) => index);
  return [0, 1, 2].flatMap((band) => indices.map((index) => (mapColour(index, bits)[band] ?? 0) * factor));
}
