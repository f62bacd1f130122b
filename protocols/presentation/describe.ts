import { TEXT_FIELDS, type TextField } from '../../image/metadata.ts';
import { fitWithin } from '../../image/scaled-size.ts';
import type { ImageDescription } from '../../image/service.ts';
import { rightsUri } from '../iiif/describe-metadata.ts';

const CONTEXT = 'http://iiif.io/api/presentation/3/context.json';

/** The media type of all documents. @see https://iiif.io/api/presentation/3.0/#63-responses */
export const PRESENTATION_TYPE = `application/ld+json;profile="${CONTEXT}"`;

/** Longest side of a thumbnail, where the limits allow that much. */
const THUMBNAIL_SIDE = 400;

/** Text fields that say something of the image and not of its file, as they are called for people. */
const LABELS: Readonly<Partial<Record<TextField, string>>> = {
  creator: 'Creator',
  date: 'Date',
  description: 'Description',
  make: 'Camera make',
  model: 'Camera model',
  software: 'Software',
  title: 'Title',
};

/** One picture of a manifest. */
export interface Painting {
  readonly label: string;
  readonly image: ImageDescription;
  /** Where the picture can be had; `service` is its IIIF base address, missing where it has none. */
  readonly address: { readonly service: string } | { readonly picture: string };
}

/** What a manifest is about. */
export interface ManifestSubject {
  /** Its own address. */
  readonly id: string;
  readonly label: string;
  readonly paintings: readonly Painting[];
  /** Whether there are more pictures than a manifest takes. */
  readonly isCut: boolean;
  /** The image that it is all about; missing for a folder. */
  readonly image?: ImageDescription;
}

/**
 * The text of a manifest: one canvas for each picture, of the picture's own size.
 *
 * @see https://iiif.io/api/presentation/3.0/#52-manifest
 */
export function describeManifest({ id, label, paintings, isCut, image }: ManifestSubject): string {
  return JSON.stringify({
    '@context': CONTEXT,
    id,
    type: 'Manifest',
    label: inNoLanguage(label),
    ...(isCut && { summary: inEnglish(`Only the first ${paintings.length} pictures are listed.`) }),
    ...(image && aboutImage(image)),
    items: paintings.map((painting, index) => canvasOf(painting, `${id.replace(/\/[^/]*$/, '')}/canvas/${index + 1}`)),
  });
}

/** A document that a collection leads to. */
export interface CollectionMember {
  readonly id: string;
  readonly type: 'Collection' | 'Manifest';
  readonly label: string;
}

/**
 * The text of a collection.
 *
 * @see https://iiif.io/api/presentation/3.0/#51-collection
 */
export function describeCollection(subject: {
  readonly id: string;
  readonly label: string;
  readonly members: readonly CollectionMember[];
}): string {
  return JSON.stringify({
    '@context': CONTEXT,
    id: subject.id,
    type: 'Collection',
    label: inNoLanguage(subject.label),
    items: subject.members.map(({ id, type, label }) => ({ id, type, label: inNoLanguage(label) })),
  });
}

function aboutImage({ metadata, extra }: ImageDescription): object {
  const rights = extra.rights ?? rightsUri(metadata);
  const statement = rights === undefined ? metadata.text.rights : undefined;
  const entries = TEXT_FIELDS.flatMap((field) => {
    const [name, value] = [LABELS[field], metadata.text[field]];
    return name && value ? [{ label: inEnglish(name), value: inNoLanguage(plain(value)) }] : [];
  });
  return {
    ...(entries.length > 0 && { metadata: entries }),
    ...(rights && { rights }),
    ...(statement && { requiredStatement: { label: inEnglish('Rights'), value: inNoLanguage(plain(statement)) } }),
  };
}

function canvasOf({ label, image, address }: Painting, id: string): object {
  const { width, height } = image.levels[0];
  const body = 'service' in address ? tiledBody(image, address.service) : { id: address.picture, ...JPEG };
  const annotation = { id: `${id}/picture`, type: 'Annotation', motivation: 'painting', body, target: id };
  return {
    id,
    type: 'Canvas',
    label: inNoLanguage(label),
    width,
    height,
    ...('service' in address && { thumbnail: [thumbnailOf(image, address.service)] }),
    items: [{ id: `${id}/page`, type: 'AnnotationPage', items: [annotation] }],
  };
}

const JPEG = { type: 'Image', format: 'image/jpeg' } as const;

function tiledBody(image: ImageDescription, service: string): object {
  const { width, height } = image.levels[0];
  const isWhole = Math.max(width, height) <= image.maxSide && width * height <= image.maxArea;
  return {
    id: `${service}/full/max/0/default.jpg`,
    ...JPEG,
    ...(isWhole && { width, height }),
    service: [{ id: service, type: 'ImageService3', profile: 'level2' }],
  };
}

function thumbnailOf({ levels: [full], maxSide }: ImageDescription, service: string): object {
  const side = Math.min(THUMBNAIL_SIDE, maxSide);
  const isSmall = full.width <= side && full.height <= side;
  const { width, height } = isSmall ? full : fitWithin(full, { width: side, height: side });
  return { id: `${service}/full/${width},${height}/0/default.jpg`, ...JPEG, width, height };
}

function inNoLanguage(text: string): object {
  return { none: [text] };
}

function inEnglish(text: string): object {
  return { en: [text] };
}

/** Values that begin with a tag are HTML for viewers, which text of an image never is. */
function plain(text: string): string {
  return text.trimStart().startsWith('<') ? `<span>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</span>` : text;
}
