import type { Size } from '../../image/geometry.ts';
import type { PageLabel } from '../../image/source.ts';
import { SAMPLE_KINDS, type SampleKind } from './samples.ts';
import type { TileFormat } from './tile-format.ts';

/** The first bytes of a little-endian classic TIFF. Its first directory's offset stands at byte 4, 0 for the time being. */
export const HEADER = Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0);

/** Where the header keeps the offset of the first directory. */
export const FIRST_DIRECTORY_FIELD = 4;

/** Everything one level's directory says. */
export interface LevelDirectory {
  readonly size: Size;
  readonly tileSide: number;
  readonly bands: number;
  readonly format: TileFormat;
  readonly kind: SampleKind;
  /** A page of several, or a reduced copy. */
  readonly role: 'image' | 'page' | 'copy';
  /** What a page says of itself. */
  readonly label: PageLabel | undefined;
  /** Lowest and highest value meant to be seen, of real numbers. */
  readonly range: readonly [lowest: number, highest: number] | undefined;
  /** Offsets of the directories of the reduced copies, where they do not follow. */
  readonly subIfds: readonly number[];
  readonly description: string | undefined;
  readonly tileOffsets: readonly number[];
  readonly tileByteCounts: readonly number[];
}

type FieldType = 'ascii' | 'short' | 'long' | 'float';
type Field = readonly [tag: number, type: FieldType, values: readonly number[]];

const TYPE_CODES = { ascii: 2, short: 3, long: 4, float: 11 } as const satisfies Record<FieldType, number>;
const VALUE_BYTES = { ascii: 1, short: 2, long: 4, float: 4 } as const satisfies Record<FieldType, number>;
const SUBFILE_TYPES = { image: 0, copy: 1, page: 2 } as const;
const FIELD_BYTES = 12;
const INLINE_BYTES = 4;

/**
 * One image file directory with its values behind it, little-endian, an even number of bytes.
 *
 * @param offset - where in the file it will stand
 * @param hasNext - whether another directory follows directly behind it
 * @see TIFF 6.0 section 2
 */
export function encodeDirectory(level: LevelDirectory, offset: number, hasNext: boolean): Uint8Array {
  const fields = fieldsOf(level);
  const tableBytes = 2 + fields.length * FIELD_BYTES + 4;
  const length = tableBytes + fields.reduce((sum, field) => sum + outsideBytes(field), 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, fields.length, true);
  let outside = tableBytes;
  fields.forEach((field, index) => {
    const [tag, type, values] = field;
    const position = 2 + index * FIELD_BYTES;
    view.setUint16(position, tag, true);
    view.setUint16(position + 2, TYPE_CODES[type], true);
    view.setUint32(position + 4, values.length, true);
    const isOutside = outsideBytes(field) > 0;
    if (isOutside) view.setUint32(position + 8, offset + outside, true);
    writeValues(view, isOutside ? outside : position + 8, field);
    outside += outsideBytes(field);
  });
  view.setUint32(tableBytes - 4, hasNext ? offset + length : 0, true);
  return bytes;
}

/** In ascending order of their tags, as the specification demands. */
function fieldsOf(level: LevelDirectory): readonly Field[] {
  const { size, tileSide, bands, format, description, label, range } = level;
  const kind = SAMPLE_KINDS[level.kind];
  const perBand = (value: number) => Array<number>(bands).fill(value);
  const fields: readonly (Field | undefined | 0)[] = [
    [254, 'long', [SUBFILE_TYPES[level.role]]],
    [256, 'long', [size.width]],
    [257, 'long', [size.height]],
    [258, 'short', perBand(kind.bits)],
    [259, 'short', [format.compression]],
    [262, 'short', [format.photometric]],
    label && [269, 'ascii', [...Buffer.from(label.name), 0]],
    description === undefined ? undefined : [270, 'ascii', [...Buffer.from(description), 0]],
    [277, 'short', [bands]],
    [284, 'short', [1]],
    format.predictor && [317, 'short', [format.predictor]],
    [322, 'long', [tileSide]],
    [323, 'long', [tileSide]],
    [324, 'long', level.tileOffsets],
    [325, 'long', level.tileByteCounts],
    level.subIfds.length > 0 ? [330, 'long', level.subIfds] : undefined,
    level.kind === 'float32' ? [339, 'short', perBand(kind.format)] : undefined,
    range && [340, 'float', perBand(range[0])],
    range && [341, 'float', perBand(range[1])],
    format.chromaSubsampling && [530, 'short', format.chromaSubsampling],
  ];
  return fields.filter((field) => field !== undefined && field !== 0);
}

/** Bytes that a field needs outside its entry, kept even: values begin on word boundaries. */
function outsideBytes([, type, values]: Field): number {
  const bytes = values.length * VALUE_BYTES[type];
  return bytes > INLINE_BYTES ? bytes + (bytes % 2) : 0;
}

function writeValues(view: DataView, position: number, [, type, values]: Field): void {
  values.forEach((value, index) => {
    const place = position + index * VALUE_BYTES[type];
    if (type === 'long') view.setUint32(place, value, true);
    else if (type === 'float') view.setFloat32(place, value, true);
    else if (type === 'short') view.setUint16(place, value, true);
    else view.setUint8(place, value);
  });
}
