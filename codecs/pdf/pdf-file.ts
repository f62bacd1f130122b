import type { Metadata, Resolution, TextField } from '../../image/metadata.ts';
import { asciiText, pdfDate, pdfText } from './pdf-text.ts';

/** A picture as PDF stores it. */
export interface PdfImage {
  readonly width: number;
  readonly height: number;
  readonly colour: 'DeviceGray' | 'DeviceRGB';
  readonly bitsPerSample: 1 | 8;
  readonly filter: 'DCTDecode' | 'FlateDecode';
  /** Whether each sample is stored as its difference from the one to the left. */
  readonly isPredicted: boolean;
  /** What the filter makes the samples of, one piece after the other. */
  readonly pieces: readonly Uint8Array[];
}

/** What a file begins with; the bytes of the second line tell everybody that it is not text. */
const HEADER = Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1');

/** The objects of every file, in this order. The picture comes first, so that everything behind it can be written anew. */
const IMAGE = 1;
const COLOUR = 2;
const CONTENTS = 3;
const PAGE = 4;
const PAGES = 5;
const CATALOGUE = 6;
const INFO = 7;
const XMP = 8;
const PROFILE = 9;

/** Units of PDF in an inch: without a resolution each is a pixel. */
const UNITS_PER_INCH = 72;

/** Shortest and longest side of a page that viewers show, in units. */
const SMALLEST_PAGE = 3;
const LARGEST_PAGE = 14_400;

/** Keys of the information dictionary; the last is none of those that PDF defines, but may be there. */
const INFO_KEYS: readonly (readonly [field: TextField, key: string])[] = [
  ['title', 'Title'],
  ['creator', 'Author'],
  ['description', 'Subject'],
  ['software', 'Creator'],
  ['rights', 'Copyright'],
];

/**
 * The pieces of a PDF file of one page that a picture fills, with nothing said about it yet.
 *
 * @see ISO 32000-1
 */
export function pdfPieces(picture: PdfImage): readonly Uint8Array[] {
  const { width, height, colour, bitsPerSample, filter, isPredicted, pieces } = picture;
  const colours = colour === 'DeviceRGB' ? 3 : 1;
  const parameters = isPredicted ? ` /DecodeParms << /Predictor 2 /Colors ${colours} /Columns ${width} >>` : '';
  const dictionary =
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${COLOUR} 0 R ` +
    `/BitsPerComponent ${bitsPerSample} /Filter /${filter}${parameters}`;
  const image = [HEADER, ...objectPieces(IMAGE, streamPieces(dictionary, pieces))];
  const end = image.reduce((sum, { length }) => sum + length, 0);
  return [...image, tailOf({ width, height, colour, end }, { text: {} })];
}

/**
 * A file of such pieces with metadata: page size, colour profile, XMP and information dictionary. The picture stays byte for
 * byte what it was.
 */
export function intoPdf(pdf: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const image = storedImage(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength));
  return [pdf.subarray(0, image.end), tailOf(image, metadata)];
}

/** What the objects behind the picture have to know of it. */
interface StoredImage {
  readonly width: number;
  readonly height: number;
  readonly colour: string;
  /** Where it ends in the file. */
  readonly end: number;
}

const IMAGE_DICTIONARY = /^1 0 obj\n<< .* \/Width (\d+) \/Height (\d+) .* \/Length (\d+) >>\nstream\n/;
const IMAGE_END = '\nendstream\nendobj\n';

function storedImage(pdf: Buffer): StoredImage {
  const dictionary = IMAGE_DICTIONARY.exec(pdf.toString('latin1', HEADER.length, HEADER.length + 512));
  if (!dictionary) throw new RangeError('no PDF file of this server');
  const [start, width, height, length] = dictionary;
  const end = HEADER.length + start.length + Number(length) + IMAGE_END.length;
  const colour = /^2 0 obj\n\/(\w+)/.exec(pdf.toString('latin1', end, end + 64))?.[1] ?? 'DeviceRGB';
  return { width: Number(width), height: Number(height), colour, end };
}

/** Everything behind the picture, the table of where the objects lie included. */
function tailOf(image: StoredImage, metadata: Metadata): Buffer {
  const objects = objectsBehind(image, metadata);
  const offsets = [HEADER.length];
  let end = image.end;
  for (const { length } of objects) {
    offsets.push(end);
    end += length;
  }
  const count = offsets.length + 1;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${rows.join('')}`;
  const trailer = `trailer\n<< /Size ${count} /Root ${CATALOGUE} 0 R /Info ${INFO} 0 R >>\nstartxref\n${end}\n%%EOF\n`;
  return Buffer.concat([...objects, Buffer.from(table + trailer, 'latin1')]);
}

/** In the order of their numbers; those that may be missing come last. */
function objectsBehind({ width, height, colour }: StoredImage, { icc, xmp, resolution, text }: Metadata): Buffer[] {
  const page = pageSize({ width, height }, resolution);
  const paint = `q ${page.width} 0 0 ${page.height} 0 0 cm /Picture Do Q`;
  const profile = xmp ? PROFILE : PROFILE - 1;
  const bands = icc && asciiText(icc.subarray(16, 20)) === 'GRAY' ? 1 : 3;
  return [
    object(COLOUR, icc ? `[ /ICCBased ${profile} 0 R ]` : `/${colour}`),
    object(CONTENTS, stream('', Buffer.from(paint))),
    object(
      PAGE,
      `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox [ 0 0 ${page.width} ${page.height} ] /Contents ${CONTENTS} 0 R ` +
        `/Resources << /XObject << /Picture ${IMAGE} 0 R >> >> >>`,
    ),
    object(PAGES, `<< /Type /Pages /Kids [ ${PAGE} 0 R ] /Count 1 >>`),
    object(CATALOGUE, `<< /Type /Catalog /Pages ${PAGES} 0 R${xmp ? ` /Metadata ${XMP} 0 R` : ''} >>`),
    object(INFO, `<< ${infoEntries(text)} >>`),
    ...(xmp ? [object(XMP, stream('/Type /Metadata /Subtype /XML', xmp))] : []),
    ...(icc ? [object(profile, stream(`/N ${bands}`, icc))] : []),
  ];
}

/** As large as the original where the resolution is known; no page is too small or too large to be shown. */
function pageSize(
  { width, height }: { readonly width: number; readonly height: number },
  resolution: Resolution | undefined,
): { readonly width: number; readonly height: number } {
  const perInch = resolution && { unknown: undefined, inch: 1, centimetre: 2.54 }[resolution.unit];
  const x = perInch && resolution ? UNITS_PER_INCH / (resolution.x * perInch) : 1;
  const y = perInch && resolution ? UNITS_PER_INCH / (resolution.y * perInch) : 1;
  const shrink = Math.min(1, LARGEST_PAGE / (width * x), LARGEST_PAGE / (height * y));
  const sideOf = (pixels: number, units: number) => Number(Math.max(SMALLEST_PAGE, pixels * units * shrink).toFixed(4));
  return { width: sideOf(width, x), height: sideOf(height, y) };
}

function infoEntries(text: Metadata['text']): string {
  const texts = INFO_KEYS.flatMap(([field, key]) => {
    const value = text[field];
    return value ? [`/${key} ${pdfText(value)}`] : [];
  });
  const date = text.date && pdfDate(text.date);
  return [...texts, ...(date ? [`/CreationDate ${date}`] : []), `/Producer ${pdfText('Mezzotint')}`].join(' ');
}

function object(number: number, content: string | Buffer): Buffer {
  return Buffer.concat(objectPieces(number, [typeof content === 'string' ? Buffer.from(content, 'latin1') : content]));
}

function objectPieces(number: number, content: readonly Uint8Array[]): Uint8Array[] {
  return [Buffer.from(`${number} 0 obj\n`), ...content, Buffer.from('\nendobj\n')];
}

function stream(dictionary: string, content: Uint8Array): Buffer {
  return Buffer.concat(streamPieces(dictionary, [content]));
}

function streamPieces(dictionary: string, content: readonly Uint8Array[]): Uint8Array[] {
  const length = content.reduce((sum, piece) => sum + piece.length, 0);
  const head = `<< ${dictionary} /Length ${length} >>\nstream\n`;
  return [Buffer.from(head, 'latin1'), ...content, Buffer.from('\nendstream')];
}
