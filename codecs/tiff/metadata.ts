import { CorruptSource } from '../../image/errors.ts';
import type { Exif, Metadata, Resolution, TextField } from '../../image/metadata.ts';
import type { ByteSource, Photometric } from '../../image/source.ts';
import { soundProfile } from '../metadata/icc-profile.ts';
import { readOnce } from '../read-once.ts';
import { type ByteLayout, readUnsigned, typeLength, viewOf } from './byte-layout.ts';
import { createChunkReader } from './chunk-reader.ts';
import type { Directory, Entry } from './directory.ts';
import { detached, type EntryValues, entryValues } from './entry-values.ts';
import { readExif } from './exif-directories.ts';

/** Reads what a directory says beside pixels, each part when it is first asked for. */
export interface MetadataReader {
  /** @throws CorruptSource when the file ends before a profile without which CMYK would be shown wrong */
  profile(): Promise<Uint8Array | undefined>;
  metadata(): Promise<Metadata>;
}

interface MetadataFile {
  readonly layout: ByteLayout;
  readonly bytes: ByteSource;
}

/** Most bytes of a profile, of an XMP packet, of IPTC and of EXIF; what is longer is left out. */
const MAX_BLOCK = 2 ** 20;

/** Profiles of printing presses may be longer: they are never sent, but needed to see the picture. */
const MAX_PRESS_PROFILE = 16 * 2 ** 20;

/** Most bytes of a text. */
const MAX_TEXT = 65_536;

const TEXTS = [
  [269, 'title'],
  [270, 'description'],
  [271, 'make'],
  [272, 'model'],
  [285, 'pagename'],
  [305, 'software'],
  [306, 'date'],
  [315, 'creator'],
  [33432, 'rights'],
] as const satisfies readonly (readonly [tag: number, field: TextField])[];

const TAGS = {
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  xmp: 700,
  iptc: 33723,
  exif: 34665,
  icc: 34675,
  gps: 34853,
  stoNits: 37439,
} as const;

const KEPT = new Set<number>([...Object.values(TAGS), ...TEXTS.map(([tag]) => tag)]);

/** @param photometric - what the pixels of the image are, which a colour profile must fit */
export function createMetadataReader(
  directory: Directory,
  file: MetadataFile,
  photometric: Photometric,
): MetadataReader {
  const kept = [...directory.entries].filter(([tag]) => KEPT.has(tag));
  const entries = new Map(kept.map(([tag, entry]) => [tag, detached(entry)]));
  const profile = readOnce(async () => {
    const entry = entries.get(TAGS.icc);
    if (!entry) return undefined;
    const isNeeded = photometric === 'cmyk';
    const limit = isNeeded ? MAX_PRESS_PROFILE : MAX_BLOCK;
    if (isNeeded && isCutOff(entry, file.bytes.size))
      throw new CorruptSource('the file ends before its colour profile does');
    const stored = await valuesOf(file).values.bytes(entry, limit);
    return stored && soundProfile(stored, photometric);
  });
  return { profile, metadata: readOnce(async () => readMetadata(entries, file, await profile())) };
}

/** Whether the values of an entry reach beyond the end of the file. */
function isCutOff({ inline, offset, count, type }: Entry, size: number): boolean {
  return !inline && offset + count * typeLength(type) > size;
}

type Entries = ReadonlyMap<number, Entry>;

/** Its own reader for each reading, as they may run at the same time. */
function valuesOf({ bytes, layout }: MetadataFile) {
  const chunks = createChunkReader(bytes, new Uint8Array());
  return { file: { layout, chunks }, values: entryValues(chunks, layout.isLittleEndian) };
}

async function readMetadata(entries: Entries, source: MetadataFile, icc: Uint8Array | undefined): Promise<Metadata> {
  const { file, values } = valuesOf(source);
  const text = await readTexts(entries, values);
  const resolution = await readResolution(entries, values);
  const xmp = await values.bytes(entries.get(TAGS.xmp), MAX_BLOCK);
  const iptc = await values.bytes(entries.get(TAGS.iptc), MAX_BLOCK);
  const pointers = { photo: entries.get(TAGS.exif), gps: entries.get(TAGS.gps) };
  const exif: Exif | undefined = await readExif(file, values, pointers, MAX_BLOCK);
  return {
    text,
    ...(icc && { icc }),
    ...(xmp && { xmp }),
    ...(iptc && { iptc }),
    ...(exif && { exif }),
    ...(resolution && { resolution }),
  };
}

async function readTexts(entries: Entries, values: EntryValues): Promise<Metadata['text']> {
  const text: Partial<Record<TextField, string>> = {};
  for (const [tag, field] of TEXTS) {
    const stored = await values.bytes(entries.get(tag), MAX_TEXT);
    const value = stored && decodeText(stored);
    if (value) text[field] = value;
  }
  const scale = await readReal(entries.get(TAGS.stoNits), values);
  return scale === undefined ? text : { ...text, scale: String(Number(scale.toPrecision(6))) };
}

/** Strings end with a zero and several may follow each other. Older writers use Latin-1 where UTF-8 is meant today. */
export function decodeText(stored: Uint8Array): string {
  const whole = tryUtf8(stored) ?? Buffer.from(stored).toString('latin1');
  const parts = whole.split('\0').map((part) => part.trim());
  return parts.filter((part) => part !== '').join('; ');
}

function tryUtf8(stored: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(stored);
  } catch {
    return undefined;
  }
}

/** A number of type FLOAT or DOUBLE. */
export async function readReal(entry: Entry | undefined, values: EntryValues): Promise<number | undefined> {
  const stored = await values.bytes(entry, 8);
  if (!stored || !entry || (entry.type !== 11 && entry.type !== 12)) return undefined;
  const view = viewOf(stored);
  const value =
    entry.type === 11 ? view.getFloat32(0, values.isLittleEndian) : view.getFloat64(0, values.isLittleEndian);
  return Number.isFinite(value) ? value : undefined;
}

/** Where only one direction is told, it holds for both; where one is 0, none is known. */
async function readResolution(entries: Entries, values: EntryValues): Promise<Resolution | undefined> {
  const horizontal = await readRatio(entries.get(TAGS.xResolution), values);
  const vertical = await readRatio(entries.get(TAGS.yResolution), values);
  const x = horizontal ?? vertical;
  const y = vertical ?? horizontal;
  if (!x || !y) return undefined;
  const stored = await values.bytes(entries.get(TAGS.resolutionUnit), 2);
  const unit = stored?.length === 2 ? readUnsigned(viewOf(stored), 0, 2, values.isLittleEndian) : 2;
  return { x, y, unit: unit === 2 ? 'inch' : unit === 3 ? 'centimetre' : 'unknown' };
}

/** A RATIONAL, 0 where it is no number. */
async function readRatio(entry: Entry | undefined, values: EntryValues): Promise<number | undefined> {
  const stored = await values.bytes(entry, 8);
  if (!stored || entry?.type !== 5) return undefined;
  const [above, below] = [0, 4].map((at) => readUnsigned(viewOf(stored), at, 4, values.isLittleEndian));
  return above && below ? above / below : 0;
}
