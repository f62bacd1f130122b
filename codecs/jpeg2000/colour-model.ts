import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { Photometric, PixelLayout } from '../../image/source.ts';
import { widen } from '../tiff/samples/unpack-bits.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import type { Box } from './boxes.ts';
import {
  type Channel,
  type ChannelMeaning,
  type Palette,
  readChannels,
  readMeanings,
  readPalette,
} from './channels.ts';
import { type ColourSpace, readColourSpace } from './colour-space.ts';
import type { Recolour, SampleFormat } from './decode-job.ts';
import type { Component } from './image-grid.ts';

/** What the pixels of an image are, and how they are made of its components. */
export interface ColourModel {
  readonly layout: PixelLayout & { readonly sample: 'uint8' | 'uint16' };
  readonly format: SampleFormat;
  /** The colour profile as stored. */
  readonly profile: Uint8Array | undefined;
}

const COLOURS: Readonly<Record<ColourSpace['kind'], number>> = { gray: 1, rgb: 3, ycc: 3, cmyk: 4 };
const COLOUR = 0;
const OPACITY = 1;
const MULTIPLIED_OPACITY = 2;

/**
 * @param header - the boxes of the file, none for a codestream alone
 * @throws CorruptSource, UnsupportedSource
 */
export function readColourModel(header: readonly Box[], components: readonly Component[]): ColourModel {
  const palette = readPalette(header);
  const channels = readChannels(header, components.length, palette);
  const meanings = readMeanings(header, channels);
  const space = readColourSpace(header, components, channels.length);
  const { ordered, alpha } = orderBands(meanings, space, channels);
  const format = palette ? paletteFormat(ordered, palette, components) : directFormat(ordered, components);
  const photometric: Photometric = space.kind === 'ycc' ? 'rgb' : space.kind;
  const last = format.recolours.at(-1);
  const bits = last?.kind === 'palette' ? last.bits : format.bits;
  const precision = palette ? bits : Math.max(...ordered.map(({ component }) => precisionOf(components, component)));
  const recolours: readonly Recolour[] = [
    ...format.recolours,
    ...(space.kind === 'ycc' ? [{ kind: 'ycc' } as const] : []),
    ...(alpha?.type === MULTIPLIED_OPACITY ? [unpremultiplying(photometric)] : []),
  ];
  return {
    layout: {
      bands: ordered.length,
      photometric,
      hasAlpha: alpha !== undefined,
      bitsPerSample: Math.min(precision, 16),
      sample: bits === 8 ? 'uint8' : 'uint16',
    },
    format: { ...format, recolours },
    profile: space.profile,
  };
}

/** Colours in their order, opacity behind them, then whatever else there is. */
function orderBands(
  meanings: readonly ChannelMeaning[],
  space: ColourSpace,
  channels: readonly Channel[],
): { ordered: Channel[]; alpha: ChannelMeaning | undefined } {
  const colours = meanings
    .filter(({ type }) => type === COLOUR)
    .sort((a, b) => a.association - b.association)
    .slice(0, COLOURS[space.kind])
    .map(({ channel }) => channel);
  if (colours.length < COLOURS[space.kind]) {
    throw new CorruptSource(`${colours.length} colours of ${COLOURS[space.kind]}`);
  }
  const alpha = meanings.find(({ type }) => type === OPACITY || type === MULTIPLIED_OPACITY);
  const known = alpha ? [...colours, alpha.channel] : colours;
  return { ordered: [...known, ...channels.filter((channel) => !known.includes(channel))], alpha };
}

function directFormat(ordered: readonly Channel[], components: readonly Component[]): SampleFormat {
  const numbers = ordered.map(({ component }) => component);
  const isByte = numbers.every((number) => precisionOf(components, number) <= 8);
  return { components: numbers, bits: isByte ? 8 : 16, isWidened: true, recolours: [] };
}

/** Indices are decoded as they are; each band is then looked up in a table of its own. */
function paletteFormat(
  ordered: readonly Channel[],
  { columns, entries }: Palette,
  components: readonly Component[],
): SampleFormat {
  const numbers = [...new Set(ordered.map(({ component }) => component))];
  const precisions = numbers.map((number) => precisionOf(components, number));
  if (precisions.some((precision) => precision > 16)) throw new UnsupportedSource('a palette of more than 16 bits');
  const tables = ordered.map(({ component, column }) => {
    const precision = precisionOf(components, component);
    const found = column === undefined ? undefined : columns[column];
    return found ?? { precision, values: Array.from({ length: 2 ** precision }, (_, value) => value) };
  });
  const bits = tables.every(({ precision }) => precision <= 8) ? 8 : 16;
  const bands = tables.map((table, index) => ({
    source: numbers.indexOf(ordered[index]?.component ?? 0),
    table: widenTable(table, bits),
  }));
  const isByte = entries <= 256 && precisions.every((precision) => precision <= 8);
  return {
    components: numbers,
    bits: isByte ? 8 : 16,
    isWidened: false,
    recolours: [{ kind: 'palette', bands, bits }],
  };
}

function widenTable(
  { precision, values }: { precision: number; values: readonly number[] },
  bits: 8 | 16,
): Uint8Array | Uint16Array {
  const toBits = (value: number) => {
    if (precision === bits) return value;
    return precision <= 8 && bits === 16 ? spread(value, precision) : widen(value, precision);
  };
  return bits === 8 ? Uint8Array.from(values, toBits) : Uint16Array.from(values, toBits);
}

/** From up to 8 bits to 16. */
function spread(value: number, precision: number): number {
  const byte = precision === 8 ? value : widen(value, precision);
  return byte * 257;
}

function unpremultiplying(photometric: Photometric): Recolour {
  const numbers = { gray: PHOTOMETRIC.minIsBlack, cmyk: PHOTOMETRIC.separated } as const;
  const number = photometric === 'gray' || photometric === 'cmyk' ? numbers[photometric] : PHOTOMETRIC.rgb;
  return { kind: 'unpremultiply', photometric: number };
}

function precisionOf(components: readonly Component[], number: number): number {
  return components[number]?.precision ?? 8;
}
