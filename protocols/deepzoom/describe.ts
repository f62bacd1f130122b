import type { ImageDescription } from '../../image/service.ts';

/** The `.dzi` document. */
export function describeDeepZoom({ levels, tile }: Pick<ImageDescription, 'levels' | 'tile'>): string {
  const [{ width, height }] = levels;
  return `<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="${tile.width}" Overlap="0" Format="jpg"><Size Width="${width}" Height="${height}"/></Image>`;
}
