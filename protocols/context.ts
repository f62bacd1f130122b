import type { ListImages } from '../image/folder.ts';
import type { ImageService } from '../image/service.ts';
import type { IiifVersion } from './iiif/offers.ts';
import type { PublicAddress } from './public-address.ts';
import type { Replies } from './reply.ts';
import type { Targets } from './target.ts';

/** What the operator decides about IIIF. */
export interface IiifSettings {
  /** The version spoken under `/iiif/{identifier}` to clients that do not name one. */
  readonly defaultVersion: IiifVersion;
  /** What separates identifier and page number; empty for no pages. */
  readonly pageDelimiter: string;
  /** Whether qualities are offered that the specification does not know. */
  readonly hasExtensions: boolean;
}

/** What every protocol's plugin is given. */
export interface ProtocolContext {
  readonly images: ImageService;
  readonly listImages: ListImages;
  readonly replies: Replies;
  readonly splitTarget: Targets['splitTarget'];
  /** The base, as in `Target`, below which other documents name the image services of version 3. */
  readonly serviceBase: string;
  readonly publicAddress: PublicAddress;
  readonly iiif: IiifSettings;
  /** Pixels of each neighbour that Deep Zoom tiles show. */
  readonly deepZoomOverlap: number;
}
