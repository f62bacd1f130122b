import { ImageError } from '../../image/errors.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { PageAddress } from '../../image/request.ts';
import type { CallOptions, ImageDescription, ImageService } from '../../image/service.ts';
import { toReadable, toUrlPath } from '../byte-names.ts';
import { toPageName } from '../iiif/page-name.ts';
import type { Painting } from './describe.ts';

/** A manifest of more pictures than this is no use to viewers, and holds others up. */
export const MOST_CANVASES = 1000;

/** Pages that are opened at the same time. */
const CONCURRENCY = 4;

/** Where pictures are to be had. */
export interface Addresses {
  /** The address at which a path of this server can be reached, its base and the name below it still percent-encoded. */
  readonly at: (base: string, name: string) => string;
  /** The IIIF base address of a name that is percent-encoded. */
  readonly serviceOf: (name: string) => string;
  /** What separates identifier and page in IIIF; empty where pages have no address there. */
  readonly pageDelimiter: string;
}

/** Who asks, and whom. */
export interface Asking {
  readonly images: ImageService;
  readonly caller: Pick<CallOptions, 'signal'>;
  readonly addresses: Addresses;
}

/** The pictures of an image: itself, or each of its pages or of its usual views; no more than one manifest takes. */
export async function paintingsOf(
  identifier: Identifier,
  image: ImageDescription,
  asking: Asking,
): Promise<{ readonly paintings: Painting[]; readonly isCut: boolean }> {
  const pages = pagesOf(image);
  if (pages.length === 0) return { paintings: [paintingOf({ identifier, image }, asking.addresses)], isCut: false };
  const paintings: Painting[] = [];
  for (let start = 0; start < Math.min(pages.length, MOST_CANVASES); start += CONCURRENCY) {
    const some = pages.slice(start, Math.min(start + CONCURRENCY, MOST_CANVASES));
    const described = some.map(async ({ page, label }) => {
      const pageImage = await asking.images.describe(identifier, asking.caller, page);
      return paintingOf({ identifier, image: pageImage, page, label }, asking.addresses);
    });
    paintings.push(...(await Promise.all(described)));
  }
  return { paintings, isCut: pages.length > MOST_CANVASES };
}

/** The pictures of some images; one that cannot be read any more is left out. */
export async function paintingsOfAll(names: readonly string[], asking: Asking): Promise<Painting[]> {
  const paintings: Painting[] = [];
  for (const name of names) {
    const identifier = parseIdentifier(name);
    const image = await asking.images.describe(identifier, asking.caller).catch((error: unknown) => {
      if (!(error instanceof ImageError)) throw error;
    });
    if (image) paintings.push(paintingOf({ identifier, image }, asking.addresses));
  }
  return paintings;
}

/** The last part of a name as people read it. */
export function readableName(path: string): string {
  return toReadable(path.slice(path.lastIndexOf('/') + 1));
}

interface LabelledPage {
  readonly page: PageAddress;
  readonly label: string;
}

function pagesOf({ stack, views }: ImageDescription): LabelledPage[] {
  if (stack) return stack.map(({ name }, x) => ({ page: { x }, label: name || `Page ${x + 1}` }));
  return (views?.horizontal ?? []).map((x) => ({ page: { x }, label: `${x}°` }));
}

interface Picture extends Partial<LabelledPage> {
  readonly identifier: Identifier;
  readonly image: ImageDescription;
}

function paintingOf(
  { identifier, image, page, label }: Picture,
  { at, serviceOf, pageDelimiter }: Addresses,
): Painting {
  if (!page) {
    const service = serviceOf(toPageName(identifier, pageDelimiter));
    return { label: readableName(identifier), image, address: { service } };
  }
  const shown = { label: label ?? readableName(identifier), image };
  if (pageDelimiter !== '') {
    return { ...shown, address: { service: serviceOf(toPageName(identifier, pageDelimiter, page.x)) } };
  }
  // Without a delimiter IIIF has no address for pages, but IIP has.
  return {
    ...shown,
    address: { picture: at('/iip', `?FIF=${toUrlPath(identifier)}&SDS=${page.x},${page.y ?? 90}&CVT=jpeg`) },
  };
}
