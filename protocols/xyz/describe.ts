import type { ImageDescription } from '../../image/service.ts';
import { PADDED_TILE, paddedLevelCount } from '../../image/tile-grid.ts';

/** Where the world that maps show ends in the north, in degrees: there it is a square. */
const NORTH = 85.0511287798066;

/**
 * The text of a TileJSON document. Maps have no place for a picture that lies nowhere: it is put at the north-west corner
 * of the world, which one tile of zoom 0 holds.
 *
 * @param uri - the image's address as clients are to request it
 * @see https://github.com/mapbox/tilejson-spec/tree/master/3.0.0
 */
export function describeTileJson(image: ImageDescription, uri: string): string {
  const [{ width, height }] = image.levels;
  const maxzoom = paddedLevelCount({ width, height }) - 1;
  const world = PADDED_TILE.width * 2 ** maxzoom;
  const east = (width / world) * 360 - 180;
  const south = latitudeAt(height / world);
  return JSON.stringify({
    tilejson: '3.0.0',
    ...(image.metadata.text.title && { name: image.metadata.text.title }),
    ...(image.metadata.text.rights && { attribution: escapeHtml(image.metadata.text.rights) }),
    scheme: 'xyz',
    tiles: [`${uri}/{z}/{x}/{y}.jpg`],
    minzoom: 0,
    maxzoom,
    bounds: [-180, south, east, NORTH],
    center: [(east - 180) / 2, latitudeAt(height / world / 2), 0],
    width,
    height,
    tileSize: PADDED_TILE.width,
  });
}

/** Latitude in degrees at a part of the way down the map. */
function latitudeAt(part: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * part))) * 180) / Math.PI;
}

/** Maps show attributions as HTML. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
