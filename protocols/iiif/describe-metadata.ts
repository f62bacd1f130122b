import type { Metadata } from '../../image/metadata.ts';

const PHYSICAL_DIMENSIONS = 'http://iiif.io/api/annex/services/physdim';

/** How much the resolutions of both directions may differ where one number stands for them. */
const TOLERANCE = 0.001;

/** The rights statement where it is what IIIF takes: the URI of a licence or statement. */
export function rightsUri({ text }: Metadata): string | undefined {
  const { rights = '' } = text;
  return /^https?:\/\/[!-~]+$/i.test(rights) && URL.canParse(rights) ? rights : undefined;
}

/**
 * The service that says how large the original is; none where the unit is not known or pixels are not square.
 *
 * @see https://iiif.io/api/annex/services/#physical-dimensions
 */
export function physicalDimensions({ resolution }: Metadata): object[] {
  if (!resolution || resolution.unit === 'unknown') return [];
  const { x, y, unit } = resolution;
  if (Math.abs(x / y - 1) > TOLERANCE) return [];
  return [
    {
      '@context': `${PHYSICAL_DIMENSIONS}/1/context.json`,
      profile: PHYSICAL_DIMENSIONS,
      physicalScale: Number((1 / x).toPrecision(6)),
      physicalUnits: unit === 'inch' ? 'in' : 'cm',
    },
  ];
}
