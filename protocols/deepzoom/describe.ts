import type { ImageDescription } from '../../image/service.ts';

/** The `.dzi` document. @param overlap - pixels of each neighbour that tiles show */
export function describeDeepZoom({ levels, tile }: Pick<ImageDescription, 'levels' | 'tile'>, overlap: number): string {
  const [{ width, height }] = levels;
  return `<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="${tile.width}" Overlap="${overlap}" Format="jpg"><Size Width="${width}" Height="${height}"/></Image>`;
}
