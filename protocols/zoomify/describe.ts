import { gridOf } from '../../image/geometry.ts';
import type { ImageDescription } from '../../image/service.ts';
import { zoomifyTiers } from '../../image/tile-grid.ts';

/** The `ImageProperties.xml` document. */
export function describeZoomify({ levels, tile }: Pick<ImageDescription, 'levels' | 'tile'>): string {
  const [full] = levels;
  const side = tile.width;
  const tiles = zoomifyTiers(full, side)
    .map((tier) => gridOf(tier, { width: side, height: side }))
    .reduce((count, { columns, rows }) => count + columns * rows, 0);
  return `<IMAGE_PROPERTIES WIDTH="${full.width}" HEIGHT="${full.height}" NUMTILES="${tiles}" NUMIMAGES="1" VERSION="1.8" TILESIZE="${side}"/>`;
}
