import type { Operations } from '../operations.ts';
import type { PixelLayout } from '../source.ts';

type Colours = Pick<PixelLayout, 'photometric' | 'bands' | 'hasAlpha'>;

/** How many bands of a pixel are colour. More than one grey band is a multispectral image: its first three are shown. */
export function colourBands({ photometric, bands, hasAlpha }: Colours): number {
  if (photometric === 'cmyk') return 4;
  if (photometric === 'rgb' || photometric === 'cielab') return 3;
  return bands >= 3 && !hasAlpha ? 3 : 1;
}

/** How many bands of a pixel a matrix can mix: all but opacity and what lies behind it. */
export function mixableBands(layout: Colours): number {
  return layout.hasAlpha ? colourBands(layout) : layout.bands;
}

/** How many colours there are once operations are carried out: 1 or 3, or the four inks that nothing was done to. */
export function coloursAfter(operations: Operations | undefined, layout: Colours): number {
  const { hillshade, twist, colourMap } = operations ?? {};
  if (colourMap) return 3;
  const mixed = twist?.length ?? (hillshade ? 1 : undefined);
  if (mixed === undefined) return colourBands(layout);
  return mixed < 3 ? 1 : 3;
}
