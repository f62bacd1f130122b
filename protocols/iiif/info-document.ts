import type { ImageDescription } from '../../image/service.ts';
import type { Descriptor } from '../reply.ts';
import { describeIiif } from './describe.ts';
import type { IiifVersion, NamedQuality } from './offers.ts';

/** What a document is about and how it is wanted. */
interface Wanted {
  /** The image's base URI as the client is to request it. */
  readonly id: string;
  readonly type: string;
}

/** Gives the info.json of an image. */
export type InfoDocument = (image: ImageDescription, wanted: Wanted) => Descriptor;

/** Keeps the last document of each image: nearly all clients call it by the same name. */
export function createInfoDocument(version: IiifVersion, qualities: ReadonlyMap<string, NamedQuality>): InfoDocument {
  const last = new WeakMap<ImageDescription, Wanted & Descriptor>();
  return (image, { id, type }) => {
    const known = last.get(image);
    if (known?.id === id && known.type === type) return known;
    const body = Buffer.from(describeIiif({ image, id, qualities }, version));
    const document = { id, type, body, lastModified: image.validators.lastModified };
    last.set(image, document);
    return document;
  };
}
