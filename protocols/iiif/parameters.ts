import { MalformedRequest } from '../../image/errors.ts';
import { decodeStrictly } from '../target.ts';

/** The four parameters of an image request, percent-encoding undone, each still to be parsed. */
export type Parameters = readonly [region: string, size: string, rotation: string, quality: string];

const LIKE_REGION = /^(?:full|square|pct:.*|[^,]*(?:,[^,]*){3})$/;
const SURE_REGION = /^(?:full|square|pct:[\d.,]+|\d+(?:,\d+){3})$/;
const LIKE_SIZE = /^\^?(?:max|full|pct:.*|[^,]*,[^,]*)$/;
const LIKE_ROTATION = /^!?(?:0|[1-9]\d{0,2})(?:\.\d+)?$/;
const LIKE_QUALITY = /^(?:default|colou?r|gr[ae]y|bitonal|native|negative|stretch|equalization|log)(?:\.|$)/;
const LIKE_FILE = /\.(?:jpe?g|png|tiff?|webp|avif|gif|jp2|pdf)$/;
const NUMBER = /^\d+$/;
const ANYTHING = /^/;

/** What requests end in that have lost a parameter, or not got all of them yet. Names of files have commas, too. */
const INCOMPLETE: readonly (readonly RegExp[])[] = [
  [SURE_REGION],
  [SURE_REGION, LIKE_SIZE],
  [SURE_REGION, LIKE_ROTATION],
  [SURE_REGION, LIKE_SIZE, ANYTHING],
  [SURE_REGION, LIKE_ROTATION, LIKE_QUALITY],
  [LIKE_SIZE, LIKE_ROTATION, LIKE_QUALITY],
];

/**
 * The parameters that a path ends in; undefined where all of it is an identifier, slashes and all.
 *
 * No grammar tells the two apart: an identifier may be followed by mistyped parameters, and a folder may be called
 * `full`. So parameters count as such when some of them look like what their place asks for.
 *
 * @param segments - of the path, still percent-encoded
 * @throws MalformedRequest where there are too few
 */
export function parametersOf(segments: readonly string[]): Parameters | undefined {
  const tail = segments.slice(-4).map(decodeStrictly);
  const [region = '', size = '', rotation = '', last = ''] = tail;
  if (segments.length > 4 && isImage([region, size, rotation, last])) return [region, size, rotation, last];
  const isTooFew = INCOMPLETE.some((places) => segments.length > places.length && endsLike(tail, places));
  if (isTooFew) {
    const all = '{identifier}/{region}/{size}/{rotation}/{quality}.{format}';
    throw new MalformedRequest('path', segments.join('/'), `${all}, there are too few parameters`);
  }
  return undefined;
}

/** A mere number says nothing, and a name of a file after numbers neither: dates are often written so in folders. */
function isImage([region, size, rotation, last]: Parameters): boolean {
  if (LIKE_REGION.test(region) || LIKE_SIZE.test(size) || LIKE_QUALITY.test(last)) return true;
  const isDate = NUMBER.test(region) && NUMBER.test(size);
  return LIKE_ROTATION.test(rotation) && LIKE_FILE.test(last) && !isDate;
}

function endsLike(tail: readonly string[], places: readonly RegExp[]): boolean {
  return places.every((like, index) => like.test(tail[tail.length - places.length + index] ?? ''));
}
