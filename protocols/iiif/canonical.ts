import type { CanonicalRequest } from '../../image/canonical.ts';
import type { ResolvedRequest } from '../../image/request.ts';
import type { ImageAnswer } from '../../image/service.ts';
import type { IiifVersion } from './offers.ts';

/** The words of a request that canonical parameters keep. */
interface Names {
  readonly quality: string;
  readonly format: string;
}

/**
 * The parameters that every request for the same image comes to.
 *
 * @see https://iiif.io/api/image/3.0/#48-canonical-uri-syntax, https://iiif.io/api/image/2.1/#canonical-uri-syntax
 */
export function canonicalParameters(answer: ImageAnswer, names: Names, version: IiifVersion): string {
  const { region, rotation } = answer.resolved;
  const canonical = answer.canonical();
  const part = canonical.isWhole ? 'full' : `${region.x},${region.y},${region.width},${region.height}`;
  const size = version === 3 ? sizeIn3(answer.resolved, canonical) : sizeIn2(answer.resolved);
  const turn = `${rotation.mirror ? '!' : ''}${decimal(rotation.degrees)}`;
  return `${part}/${size}/${turn}/${canonical.isDefaultQuality ? 'default' : names.quality}.${names.format}`;
}

function sizeIn3({ size }: ResolvedRequest, { scale, isEnlarged }: CanonicalRequest): string {
  if (scale !== 'exact') return scale === 'max' ? 'max' : '^max';
  return `${isEnlarged ? '^' : ''}${size.width},${size.height}`;
}

/** `full` is the region's own size; `w,` wherever that gives the height, too. */
function sizeIn2({ region, size }: ResolvedRequest): string {
  if (size.width === region.width && size.height === region.height) return 'full';
  const height = Math.max(1, Math.round((size.width * region.height) / region.width));
  return size.height === height ? `${size.width},` : `${size.width},${size.height}`;
}

/** Without an exponent, and without zeros at its end. */
function decimal(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(10).replace(/\.?0+$/, '');
}
