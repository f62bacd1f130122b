import type { SampleType } from '../../../image/source.ts';
import { readableBytes } from '../readable-bytes.ts';
import type { FileFacts, LevelFacts } from './facts.ts';

const LABEL_WIDTH = 14;
const LONGEST_TEXT = 60;

const PHOTOMETRIC = { bilevel: 'black and white', gray: 'grey', rgb: 'RGB', cielab: 'CIELAB', cmyk: 'CMYK' } as const;

const SAMPLES: Readonly<Record<SampleType, string>> = {
  uint8: '8-bit whole numbers',
  uint16: '16-bit whole numbers',
  uint32: '32-bit whole numbers',
  float32: '32-bit real numbers',
};

const TURNS = [
  '',
  '',
  'mirrored',
  'turned by 180°',
  'upside down',
  'mirrored, lying',
  'turned by 90°',
  'mirrored, lying',
  'turned by 270°',
];

/** The facts as lines for people. */
export function printFacts(facts: FileFacts): string {
  const rows: [label: string, text: string][] = [
    ['format', `${facts.format}, ${readableBytes(facts.bytes)}`],
    ['size', `${facts.width} x ${facts.height} pixels (${((facts.width * facts.height) / 1e6).toFixed(1)} megapixels)`],
    ['pixels', pixelsOf(facts)],
    ...orientationRow(facts),
    ['pages', String(facts.pages)],
    ...(facts.layers > 1 ? [['layers', `${facts.layers} of quality`] as [string, string]] : []),
    ['profile', facts.profile ? `${facts.profile.name} (${facts.profile.bytes} bytes)` : 'none'],
    ['resolution', resolutionOf(facts)],
    ['metadata', metadataOf(facts)],
    ...codestreamRow(facts),
    ...facts.levels.map((level, index): [string, string] => [`level ${index}`, levelOf(level)]),
    ...worstRow(facts.levels),
  ];
  return rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}\n`).join('');
}

function pixelsOf({ layout }: FileFacts): string {
  const { bands, photometric, hasAlpha, bitsPerSample, sample = 'uint8' } = layout;
  const count = `${bands} band${bands === 1 ? '' : 's'} of ${bitsPerSample} bit${bitsPerSample === 1 ? '' : 's'}`;
  return `${count}, read as ${SAMPLES[sample]}; ${PHOTOMETRIC[photometric]}${hasAlpha ? ' with opacity' : ''}`;
}

function orientationRow({ orientation }: FileFacts): [string, string][] {
  return orientation === 1 ? [] : [['orientation', `${orientation}: ${TURNS[orientation]} when it is shown`]];
}

function resolutionOf({ resolution }: FileFacts): string {
  if (!resolution) return 'none';
  const { x, y, unit } = resolution;
  const numbers = `${Number(x.toFixed(3))} x ${Number(y.toFixed(3))}`;
  return unit === 'unknown' ? `${numbers}, without a unit` : `${numbers} per ${unit}`;
}

function metadataOf({ metadata }: FileFacts): string {
  const parts = Object.entries(metadata).map(([name, value]) => {
    if (name === 'exif') return `EXIF of ${value} entries`;
    if (typeof value === 'number') return `${name.toUpperCase()} of ${value} bytes`;
    return `${name} "${shorten(value)}"`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function shorten(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ');
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

function codestreamRow({ codestream }: FileFacts): [string, string][] {
  if (!codestream) return [];
  const { tile, precinct, progression, decompositions, hasPacketLengths } = codestream;
  const parts = [
    tile ? `tiles of ${tile.width} x ${tile.height}` : 'one tile',
    precinct ? `precincts of ${precinct.width} x ${precinct.height}` : 'no precincts',
    `${progression}, halved ${decompositions} times`,
    hasPacketLengths ? 'packet lengths (PLT)' : 'no packet lengths (PLT)',
  ];
  return [['codestream', parts.join(', ')]];
}

function levelOf({ width, height, stored, cost }: LevelFacts): string {
  const size = `${width} x ${height}`;
  if (!stored || !cost) return size;
  const part = `${stored.kind} of ${stored.part.width} x ${stored.part.height}`;
  const place = stored.kind === 'whole' ? 'as a whole' : part;
  const planes = stored.planes > 1 ? ` for each of ${stored.planes} bands` : '';
  return `${size}, ${place}${planes}, ${stored.compression}; a tile decodes ${costOf(cost)}`;
}

function worstRow(levels: readonly LevelFacts[]): [string, string][] {
  const costs = levels.flatMap(({ cost }, index) => (cost ? [{ index, cost }] : []));
  const worst = costs.toSorted((a, b) => b.cost.pixels - a.cost.pixels)[0];
  return worst ? [['dearest tile', `on level ${worst.index}: ${costOf(worst.cost)} for 256 x 256`]] : [];
}

function costOf({ parts, pixels }: NonNullable<LevelFacts['cost']>): string {
  return `${parts} part${parts === 1 ? '' : 's'}, ${pixels.toLocaleString('en')} pixels`;
}
