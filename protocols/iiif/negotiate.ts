import { contextOf } from './describe.ts';
import type { IiifVersion } from './offers.ts';

/** One media range of an Accept header. */
interface MediaRange {
  /** In lower case. */
  readonly type: string;
  /** What its `profile` parameter names, a list of addresses; empty for none. */
  readonly profile: string;
  /** 0 to 1; 0 is a refusal. */
  readonly weight: number;
}

const JSON_LD = 'application/ld+json';

/** The version whose context an Accept header likes best, else the configured one. */
export function negotiateVersion(accept: string | undefined, byDefault: IiifVersion): IiifVersion {
  if (accept === undefined) return byDefault;
  const ranges = parseAccept(accept);
  const weightOf = (version: IiifVersion) => largestWeight(ranges.filter((range) => namesContext(range, version)));
  const [weight2, weight3] = [weightOf(2), weightOf(3)];
  if (weight2 === weight3) return byDefault;
  return weight2 > weight3 ? 2 : 3;
}

/**
 * The media type of info.json. Version 3 says JSON-LD to clients that state no wishes, and otherwise to those that name
 * it; version 2 only to those.
 *
 * @see https://iiif.io/api/image/3.0/#51-image-information-request, https://iiif.io/api/image/2.1/#image-information-request
 */
export function negotiateType(accept: string | undefined, version: IiifVersion): string {
  const isJsonLdWanted = accept === undefined ? version === 3 : prefersJsonLd(parseAccept(accept), version);
  if (!isJsonLdWanted) return 'application/json';
  return version === 3 ? `${JSON_LD};profile="${contextOf(3)}"` : JSON_LD;
}

/** Named, not refused, and no less wanted than plain JSON. */
function prefersJsonLd(ranges: readonly MediaRange[], version: IiifVersion): boolean {
  const named = ranges.filter(({ type, profile }) => type === JSON_LD && (profile === '' || names(profile, version)));
  const plain = ranges.filter(({ type }) => type === 'application/json');
  const weight = largestWeight(named);
  return weight > 0 && weight >= largestWeight(plain);
}

function namesContext({ type, profile }: MediaRange, version: IiifVersion): boolean {
  return type === JSON_LD && names(profile, version);
}

function names(profile: string, version: IiifVersion): boolean {
  return profile.split(' ').includes(contextOf(version));
}

function largestWeight(ranges: readonly MediaRange[]): number {
  return Math.max(0, ...ranges.map(({ weight }) => weight));
}

/** @see RFC 9110 section 12.5.1; a comma or semicolon within quotes, which no type here has, ends the part as any other */
function parseAccept(accept: string): MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = Number(parameterOf(parameters, 'q') ?? 1);
    return {
      type: type.toLowerCase(),
      profile: parameterOf(parameters, 'profile') ?? '',
      weight: weight >= 0 && weight <= 1 ? weight : 0,
    };
  });
}

/** The value of the parameter of that name, in lower case, without its quotes. */
function parameterOf(parameters: readonly string[], name: string): string | undefined {
  const parameter = parameters.find((text) => text.toLowerCase().startsWith(`${name}=`));
  return parameter?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}
