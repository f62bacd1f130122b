import { type Metadata, type Resolution, TEXT_FIELDS, type TextField } from '../../image/metadata.ts';

/** An object made of metadata; `type` is the media type that the answer takes from it. */
export interface MetadataObject {
  readonly name: string;
  readonly type?: string;
  /** The lines of the answer; none where the image says nothing about it. */
  readonly lines: (metadata: Metadata) => readonly string[];
}

const PLAIN = 'text/plain; charset=utf-8';

/** Fields of a text each, by the names of the objects. */
const FIELDS: readonly TextField[] = [
  'rights',
  'title',
  'description',
  'creator',
  'date',
  'software',
  'make',
  'model',
  'scale',
];

/** Objects of the IIP specification that no image here has. */
const ALWAYS_EMPTY = [
  'keywords',
  'comment',
  'last-author',
  'rev-number',
  'edit-time',
  'last-printed',
  'last-save-dtm',
] as const;

const SUMMARY: readonly TextField[] = ['rights', 'description', 'creator', 'date', 'software'];

/** All objects about metadata. */
export const METADATA_OBJECTS: readonly MetadataObject[] = [
  { name: 'dpi', lines: dpiLines },
  { name: 'metadata', type: 'application/json', lines: jsonLines },
  { name: 'summary-info', type: PLAIN, lines: (metadata) => textLines(metadata, SUMMARY) },
  { name: 'xmp', type: 'application/xml', lines: ({ xmp }) => (xmp ? [Buffer.from(xmp).toString()] : []) },
  ...FIELDS.map((name) => ({ name, type: PLAIN, lines: (metadata: Metadata) => textLines(metadata, [name]) })),
  ...ALWAYS_EMPTY.map((name) => ({ name, type: PLAIN, lines: () => [] })),
];

/** One line for each field that there is: line breaks within it become blanks. */
function textLines({ text }: Metadata, fields: readonly TextField[]): string[] {
  return fields.flatMap((field) => text[field]?.replace(/\s*[\r\n]+\s*/g, ' ') ?? []);
}

function jsonLines({ text }: Metadata): string[] {
  const members = TEXT_FIELDS.flatMap((field) => {
    const value = text[field];
    return value ? [`\t"${field}": ${JSON.stringify(value)}`] : [];
  });
  return members.length === 0 ? [] : [`{ \n${members.join(',\n')}\n}`];
}

/** In pixels per metre, whatever the name says: clients rely on it. */
function dpiLines({ resolution }: Metadata): string[] {
  if (!resolution || resolution.unit === 'unknown') return [];
  const [x, y] = [resolution.x, resolution.y].map((value) => (value * perMetre(resolution)).toFixed(6));
  return [`DPI:${x} ${y}`];
}

function perMetre({ unit }: Resolution): number {
  return unit === 'inch' ? 1 / 0.0254 : 100;
}
