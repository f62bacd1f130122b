/** What the rows must know of an image to address its tiles. */
export interface ImageFacts {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Side of the square tiles in pixels. */
  readonly tile: number;
  /** Number of resolutions. */
  readonly levels: number;
}

/** Reads an image's size, tile size and number of levels from its info.json. */
export async function imageFacts(base: string, file: string): Promise<ImageFacts> {
  const url = `${base}?IIIF=${file}/info.json`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  const info: unknown = await answer.json();
  if (!isInfo(info)) throw new Error(`${url}: not an info.json with tiles`);
  const [{ width: tile, scaleFactors }] = info.tiles;
  return { file, width: info.width, height: info.height, tile, levels: scaleFactors.length };
}

interface Info {
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly [{ readonly width: number; readonly scaleFactors: readonly number[] }];
}

function isInfo(value: unknown): value is Info {
  if (typeof value !== 'object' || value === null || !('width' in value && 'height' in value && 'tiles' in value)) {
    return false;
  }
  const [tile] = Array.isArray(value.tiles) ? value.tiles : [];
  return typeof value.width === 'number' && typeof value.height === 'number' && Array.isArray(tile?.scaleFactors);
}
