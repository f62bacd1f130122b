/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Members that an operator adds to the description of an image, `info.json`. */
export type InfoMembers = Readonly<Record<string, Json>>;

/** What the server says itself, and nobody else may. */
const RESERVED = [
  'id',
  '@id',
  'type',
  '@type',
  'protocol',
  'profile',
  'width',
  'height',
  'maxWidth',
  'maxHeight',
  'maxArea',
  'sizes',
  'tiles',
  'extraQualities',
  'extraFormats',
  'extraFeatures',
];

const URI = /^https?:\/\/[^\s"<>\\^`{|}]+$/i;

/**
 * Reads members of info.json: as a JSON object, or as iipsrv has them, without the braces around them.
 *
 * @see https://iiif.io/api/image/3.0/#58-linking-properties for what is checked
 * @throws Error whose message says what is wrong, as the end of a sentence
 */
export function parseInfoMembers(text: string): InfoMembers {
  const trimmed = text.trim();
  const members = parseObject(trimmed.startsWith('{') ? trimmed : `{${trimmed}}`);
  for (const [name, value] of Object.entries(members)) {
    const problem = problemOf(name, value);
    if (problem) throw new Error(`"${name}" ${problem}`);
  }
  return members;
}

/** The members of both, those of the second where both have one; lists of services are joined. */
export function mergeInfoMembers(first: InfoMembers, second: InfoMembers): InfoMembers {
  const services = [...listOf(first.service), ...listOf(second.service)];
  return { ...first, ...second, ...(services.length > 0 && { service: services }) };
}

/** A value that may be given alone, or as one of a list. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function parseObject(text: string): InfoMembers {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`it is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isJson(parsed) || !isObject(parsed)) throw new Error('it is no JSON object');
  return parsed;
}

/** The end of a sentence that begins with the member's name. */
function problemOf(name: string, value: Json): string | undefined {
  if (RESERVED.includes(name)) return 'is what the server says itself';
  const rule = RULES.get(name);
  return rule && !rule.isMet(value) ? `is not ${rule.expected}` : undefined;
}

/** What a member's value has to be; those of other members may be anything. */
interface Rule {
  readonly expected: string;
  readonly isMet: (value: Json) => boolean;
}

const LINKS: Rule = { expected: 'a list of objects with "id" and "type"', isMet: (value) => isListOf(value, isLink) };
const RULES: ReadonlyMap<string, Rule> = new Map([
  ['@context', { expected: 'the address of a context, or a list', isMet: (value) => listOf(value).every(isUri) }],
  ['rights', { expected: 'the address of a licence or rights statement', isMet: isUri }],
  ['preferredFormats', { expected: 'a list of formats', isMet: (value) => isListOf(value, isString) }],
  ['partOf', LINKS],
  ['seeAlso', LINKS],
  ['service', { expected: 'an object, or a list of objects', isMet: (value) => listOf(value).every(isObject) }],
]);

function isLink(value: Json): boolean {
  return isObject(value) && isUri(value.id) && isString(value.type);
}

function isUri(value: Json | undefined): boolean {
  return typeof value === 'string' && URI.test(value) && URL.canParse(value);
}

function isString(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function isListOf(value: Json, isMember: (member: Json) => boolean): boolean {
  return isList(value) && value.every(isMember);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True of everything that `JSON.parse` gives. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
