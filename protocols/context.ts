import type { ImageService } from '../image/service.ts';
import type { IiifVersion } from './iiif/parse.ts';
import type { PublicAddress } from './public-address.ts';
import type { Replies } from './reply.ts';
import type { Targets } from './target.ts';

/** What every protocol's plugin is given. */
export interface ProtocolContext {
  readonly images: ImageService;
  readonly replies: Replies;
  readonly splitTarget: Targets['splitTarget'];
  readonly publicAddress: PublicAddress;
  /** The version spoken under `/iiif/{identifier}` to clients that do not name one. */
  readonly iiifVersion: IiifVersion;
  /** What separates identifier and page number in IIIF, each character a byte; empty for no pages. */
  readonly pageDelimiter: string;
  /** Pixels of each neighbour that Deep Zoom tiles show. */
  readonly deepZoomOverlap: number;
}
