import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { SourceNotFound } from '../image/errors.ts';
import type { ListImages } from '../image/folder.ts';
import type { ImageService } from '../image/service.ts';
import type { IiifSettings, ProtocolContext } from './context.ts';
import { deepzoom } from './deepzoom/plugin.ts';
import { iiif } from './iiif/plugin.ts';
import { iip } from './iip/plugin.ts';
import { presentation } from './presentation/plugin.ts';
import { createPublicAddress, type PublicAddress } from './public-address.ts';
import { createReplies } from './reply.ts';
import { createTargets, type Targets } from './target.ts';
import { xyz } from './xyz/plugin.ts';
import { zoomify } from './zoomify/plugin.ts';

/** What the application decides about the protocols. */
export interface ProtocolOptions {
  readonly images: ImageService;
  /** Lists folders; by default there are none. */
  readonly listImages?: ListImages;
  /** The same that the app's `rewriteUrl` asks; by default the usual mounts. */
  readonly targets?: Targets;
  /** The Cache-Control header of images and documents; an empty one leaves it out. */
  readonly cacheControl?: string;
  /** Where clients find an image; by default where their Host header says. */
  readonly publicAddress?: PublicAddress;
  /** Version 3, no pages and no extensions where nothing is said. */
  readonly iiif?: Partial<IiifSettings>;
  /** Pixels of each neighbour that Deep Zoom tiles show; none by default. */
  readonly deepZoomOverlap?: number;
}

/** All protocols there are: a new one is a folder and a line here. */
const PROTOCOLS: readonly FastifyPluginAsync<ProtocolContext>[] = [iiif, presentation, iip, deepzoom, zoomify, xyz];

/**
 * Adds every protocol's routes. The app must have been made with `rewriteUrl: (request) => targets.routeOf(request.url)`, see
 * `Targets`.
 */
export async function registerProtocols(app: FastifyInstance, options: ProtocolOptions): Promise<void> {
  const { splitTarget, iiifBase } = options.targets ?? createTargets();
  const iiif = { defaultVersion: 3, pageDelimiter: '', hasExtensions: false, ...options.iiif } as const;
  const context: ProtocolContext = {
    images: options.images,
    listImages: options.listImages ?? noFolders,
    splitTarget,
    serviceBase: (iiif.defaultVersion === 3 ? iiifBase : undefined) ?? '/iiif/3/',
    replies: createReplies({ cacheControl: options.cacheControl ?? 'max-age=86400' }),
    publicAddress: options.publicAddress ?? createPublicAddress({}),
    iiif,
    deepZoomOverlap: options.deepZoomOverlap ?? 0,
  };
  for (const protocol of PROTOCOLS) await app.register(protocol, context);
}

async function noFolders(): Promise<never> {
  throw new SourceNotFound();
}
