import sharp from 'sharp';
import type { Size } from '../../image/geometry.ts';
import { cutPicture, type Picture } from './tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from './tiff-writer.ts';

/** Where a file keeps the tables of its JPEG: by tags, in a heading without data, or in one stream of the whole image. */
export type OldJpegForm = 'tables' | 'heading' | 'stream' | 'complete strips';

export interface OldJpegFile {
  readonly picture: Picture;
  readonly form: OldJpegForm;
  /** Rows of a strip, or the size of tiles. */
  readonly part: number | Size;
  readonly sampling: '4:4:4' | '4:2:0';
  readonly isLittleEndian?: boolean;
  /** Whether the stream says nothing of its length, as some writers have it. */
  readonly hasNoLength?: boolean;
  /** Cuts a stream into strips of so many parts, whose data then have restart markers in them and at their end. */
  readonly partsPerStrip?: number;
  readonly tags?: Readonly<Record<number, TagSpec>>;
  /** Changes the stored tables, first quantisation, then DC, then AC. */
  readonly damage?: (tables: Uint8Array[]) => void;
}

interface Segment {
  readonly marker: number;
  readonly bytes: Buffer;
}

interface Stream {
  readonly segments: readonly Segment[];
  readonly data: Buffer;
  readonly whole: Buffer;
}

interface Table {
  readonly kind: (typeof KINDS)[number];
  readonly bytes: Buffer;
}

const HEADER_LENGTH = 8;
const END = Buffer.from([0xff, 0xd9]);

/** Writes a picture as TIFF 6.0 had JPEG; libjpeg encodes its parts, with the tables of the standard's annex K. */
export async function writeOldJpeg(file: OldJpegFile): Promise<Buffer> {
  const { picture, part } = file;
  const size = typeof part === 'number' ? { width: picture.width, height: part } : part;
  const parts: Stream[] = [];
  for (let y = 0; y < picture.height; y += size.height) {
    const height = typeof part === 'number' ? Math.min(part, picture.height - y) : part.height;
    for (let x = 0; x < picture.width; x += size.width) {
      const cut = { ...picture, width: size.width, height, data: cutPicture(picture, { x, y }, { ...size, height }) };
      parts.push(readStream(await encode(cut, file.sampling)));
    }
  }
  return layOut(file, size, parts);
}

/** Three bands as luma and chroma in planes, which are the scans of one stream. */
export async function writeOldJpegScans(picture: Picture): Promise<Buffer> {
  const { width, height, data } = picture;
  const planes = await Promise.all(
    [0, 1, 2].map(async (band) => {
      const plane = data.filter((_, index) => index % 3 === band);
      return readStream(await encode({ ...picture, bands: 1, data: plane }, '4:4:4'));
    }),
  );
  const tables = (planes[0]?.segments ?? []).filter(({ marker }) => marker === 0xdb || marker === 0xc4);
  const components = [1, 2, 3].flatMap((number) => [number, 0x11, 0]);
  const frame = Buffer.from([
    0xff,
    0xc0,
    0,
    17,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    ...components,
  ]);
  const heading = Buffer.concat([Buffer.from([0xff, 0xd8]), ...tables.map(({ bytes }) => bytes), frame]);
  const scans = planes.map((plane, index) =>
    Buffer.concat([Buffer.from([0xff, 0xda, 0, 8, 1, index + 1, 0, 0, 63, 0]), plane.data]),
  );
  const blocks = [heading, ...scans, END];
  const offsets = scans.map((_, index) => HEADER_LENGTH + lengthOf(blocks.slice(0, index + 1)));
  const file = { picture, form: 'stream', part: height, sampling: '4:4:4' } as const;
  const tags = {
    ...tagsOf(file, picture),
    273: long(offsets),
    279: long(scans.map(({ length }) => length)),
    284: short(2),
    ...streamTags(file, HEADER_LENGTH, lengthOf(blocks)),
  };
  return writeTiff({ directories: [{ tags, tiles: blocks, isStriped: true, next: -1 }] });
}

function encode({ data, width, height, bands }: Picture, sampling: OldJpegFile['sampling']): Promise<Buffer> {
  const jpeg = { quality: 80, chromaSubsampling: sampling, optimiseCoding: false, mozjpeg: false };
  return sharp(data, { raw: { width, height, channels: bands } })
    .toColourspace(bands === 1 ? 'b-w' : 'srgb')
    .jpeg(jpeg)
    .toBuffer();
}

function readStream(whole: Buffer): Stream {
  const segments: Segment[] = [];
  let at = 2;
  for (let marker = 0; marker !== 0xda; ) {
    marker = whole.readUInt8(at + 1);
    const end = at + 2 + whole.readUInt16BE(at + 2);
    segments.push({ marker, bytes: whole.subarray(at, end) });
    at = end;
  }
  return { segments, data: whole.subarray(at, -2), whole };
}

/** Everything behind the header: the tables or the heading, then the parts. */
function layOut(file: OldJpegFile, size: Size, parts: readonly Stream[]): Buffer {
  const tables = file.form === 'tables' ? tablesOf(parts[0]) : [];
  file.damage?.(tables.map(({ bytes }) => bytes));
  const hasHeading = file.form === 'heading' || file.form === 'stream';
  const heading = hasHeading ? headingOf(file, size, parts) : Buffer.alloc(0);
  const data = parts.map((stream, index) => dataOf(stream, file.form, index + 1 < parts.length ? index : undefined));
  const strips = joinedBy(file.partsPerStrip ?? 1, data);
  const blocks = [...tables.map(({ bytes }) => bytes), heading, ...strips];
  const offsets = blocks.map((_, index) => HEADER_LENGTH + lengthOf(blocks.slice(0, index)));
  const headingAt = offsets[tables.length] ?? 0;
  const isStriped = typeof file.part === 'number';
  const tags = {
    ...tagsOf(file, size),
    [isStriped ? 273 : 324]: long(offsets.slice(tables.length + 1)),
    [isStriped ? 279 : 325]: long(strips.map(({ length }) => length)),
    ...(hasHeading && streamTags(file, headingAt, streamLength(file, heading, data))),
    ...(tables.length > 0 && tableTags(file.picture.bands, tables, offsets)),
    ...file.tags,
  };
  const { isLittleEndian = true } = file;
  return writeTiff({ isLittleEndian, directories: [{ tags, tiles: blocks, isStriped, next: -1 }] });
}

function streamLength({ form, partsPerStrip }: OldJpegFile, heading: Buffer, data: readonly Buffer[]): number {
  return form === 'stream' && partsPerStrip === undefined ? lengthOf([heading, ...data]) : heading.length;
}

function joinedBy(count: number, parts: readonly Buffer[]): Buffer[] {
  const firsts = parts.flatMap((_, index) => (index % count === 0 ? [index] : []));
  return firsts.map((first) => Buffer.concat(parts.slice(first, first + count)));
}

/** @param index - of a part that others follow */
function dataOf(stream: Stream, form: OldJpegForm, index: number | undefined): Buffer {
  if (form === 'complete strips') return stream.whole;
  if (form !== 'stream') return stream.data;
  return Buffer.concat([stream.data, index === undefined ? END : Buffer.from([0xff, 0xd0 + (index % 8)])]);
}

function tagsOf({ picture, part, sampling, partsPerStrip = 1 }: OldJpegFile, size: Size): Record<number, TagSpec> {
  const isColour = picture.bands === 3;
  return {
    256: long([picture.width]),
    257: long([picture.height]),
    258: short(...Array(picture.bands).fill(8)),
    259: short(6),
    262: short(isColour ? 6 : 1),
    277: short(picture.bands),
    512: short(1),
    ...(typeof part === 'number'
      ? { 278: long([part * partsPerStrip]) }
      : { 322: long([size.width]), 323: long([size.height]) }),
    ...(isColour && { 530: sampling === '4:2:0' ? short(2, 2) : short(1, 1) }),
  };
}

function streamTags({ hasNoLength }: OldJpegFile, offset: number, length: number): Record<number, TagSpec> {
  return { 513: long([offset]), ...(!hasNoLength && { 514: long([length]) }) };
}

/** Luma has the first table of each kind, chroma the last. */
function tableTags(bands: number, tables: readonly Table[], offsets: readonly number[]): Record<number, TagSpec> {
  const tagOf = (kind: Table['kind']) => {
    const own = tables.flatMap((table, index) => (table.kind === kind ? [offsets[index] ?? 0] : []));
    return long(Array.from({ length: bands }, (_, band) => own.at(band === 0 ? 0 : -1) ?? 0));
  };
  return { 519: tagOf('quantisation'), 520: tagOf('dc'), 521: tagOf('ac') };
}

function long(values: readonly number[]): TagSpec {
  return { type: TYPE.long, values };
}

function short(...values: readonly number[]): TagSpec {
  return { type: TYPE.short, values };
}

function lengthOf(blocks: readonly Buffer[]): number {
  return blocks.reduce((sum, { length }) => sum + length, 0);
}

/** The tables of a stream as TIFF 6.0 stores them: without marker, length and number. */
function tablesOf(stream: Stream | undefined): Table[] {
  const tables = (stream?.segments ?? []).flatMap(({ marker, bytes }): Table[] => {
    const kind = kindOf(marker, bytes.readUInt8(4));
    return kind ? [{ kind, bytes: Buffer.from(bytes.subarray(5)) }] : [];
  });
  return KINDS.flatMap((kind) => tables.filter((table) => table.kind === kind));
}

const KINDS = ['quantisation', 'dc', 'ac'] as const;

function kindOf(marker: number, number: number): Table['kind'] | undefined {
  if (marker === 0xdb) return 'quantisation';
  if (marker !== 0xc4) return undefined;
  return number < 16 ? 'dc' : 'ac';
}

/** The segments of the first part, for the whole image, whose strips end with restart markers. */
function headingOf(file: OldJpegFile, size: Size, [first]: readonly Stream[]): Buffer {
  const unit = file.picture.bands === 3 && file.sampling === '4:2:0' ? 16 : 8;
  const interval = Math.ceil(size.width / unit) * Math.ceil(size.height / unit);
  const restarts = Buffer.from([0xff, 0xdd, 0, 4, interval >> 8, interval & 255]);
  const segments = (first?.segments ?? []).flatMap(({ marker, bytes }) => {
    if (marker !== 0xc0) return [bytes];
    const frame = Buffer.from(bytes);
    if (typeof file.part === 'number') frame.writeUInt16BE(file.picture.height, 5);
    return file.form === 'stream' ? [restarts, frame] : [frame];
  });
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments]);
}
