import { CorruptSource } from '../../image/errors.ts';
import type { Box } from './boxes.ts';

/** Where the samples of a channel come from. */
export interface Channel {
  readonly component: number;
  /** The column of the palette they are looked up in; undefined where they are the samples themselves. */
  readonly column: number | undefined;
}

/** What a channel stands for. */
export interface ChannelMeaning {
  readonly channel: Channel;
  /** 0 colour, 1 opacity, 2 opacity that the colours were multiplied with; anything else is unknown. */
  readonly type: number;
  /** Which colour, from 1; 0 for all of them. */
  readonly association: number;
}

/** The columns of a palette. */
export interface Palette {
  readonly entries: number;
  readonly columns: readonly { readonly precision: number; readonly values: readonly number[] }[];
}

/** @see ISO/IEC 15444-1 §I.5.3.4 @throws CorruptSource */
export function readPalette(header: readonly Box[]): Palette | undefined {
  const box = header.find(({ type }) => type === 'pclr');
  if (!box) return undefined;
  const { content } = box;
  const entries = content.length < 3 ? 0 : content.readUInt16BE(0);
  const count = entries === 0 ? 0 : content.readUInt8(2);
  const precisions = Array.from(content.subarray(3, 3 + count), (depth) => (depth & 0x7f) + 1);
  const rowLength = precisions.reduce((sum, bits) => sum + Math.ceil(bits / 8), 0);
  const isSound = entries >= 1 && entries <= 1024 && count >= 1 && precisions.every((bits) => bits <= 16);
  if (!isSound || content.length < 3 + count + entries * rowLength) throw new CorruptSource('palette');
  let at = 3 + count;
  const rows = Array.from({ length: entries }, () =>
    precisions.map((bits) => {
      const length = bits > 8 ? 2 : 1;
      at += length;
      return content.readUIntBE(at - length, length);
    }),
  );
  return {
    entries,
    columns: precisions.map((precision, column) => ({ precision, values: rows.map((row) => Number(row[column])) })),
  };
}

/** The channels, in their order: those of the component mapping where there is a palette. @throws CorruptSource */
export function readChannels(header: readonly Box[], components: number, palette: Palette | undefined): Channel[] {
  const box = header.find(({ type }) => type === 'cmap');
  if (!palette) return Array.from({ length: components }, (_, component) => ({ component, column: undefined }));
  if (!box) throw new CorruptSource('a palette without a component mapping');
  const { content } = box;
  return Array.from({ length: Math.floor(content.length / 4) }, (_, index) => {
    const component = content.readUInt16BE(index * 4);
    const column = content.readUInt8(index * 4 + 2) === 1 ? content.readUInt8(index * 4 + 3) : undefined;
    const isThere = component < components && (column === undefined || column < palette.columns.length);
    if (!isThere) throw new CorruptSource(`channel ${index} of component ${component}`);
    return { component, column };
  });
}

/** What each channel stands for; without a definition they are the colours in order. @throws CorruptSource */
export function readMeanings(header: readonly Box[], channels: readonly Channel[]): ChannelMeaning[] {
  const box = header.find(({ type }) => type === 'cdef');
  if (!box) return channels.map((channel, index) => ({ channel, type: 0, association: index + 1 }));
  const { content } = box;
  const count = content.length < 2 ? 0 : content.readUInt16BE(0);
  if (count === 0 || content.length < 2 + 6 * count) throw new CorruptSource('channel definition');
  return Array.from({ length: count }, (_, index) => {
    const [number = 0, type = 0, association = 0] = [0, 2, 4].map((at) => content.readUInt16BE(2 + index * 6 + at));
    const channel = channels[number];
    if (!channel) throw new CorruptSource(`definition of channel ${number} of ${channels.length}`);
    return { channel, type, association };
  });
}
