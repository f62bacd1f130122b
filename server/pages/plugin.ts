import { createHash } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../image/errors.ts';
import type { ListImages } from '../../image/folder.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import type { ImageService } from '../../image/service.ts';
import { namesEtag } from '../../protocols/conditional.ts';
import type { PublicAddress } from '../../protocols/public-address.ts';
import { decodeStrictly, toUri } from '../../protocols/target.ts';
import type { BuildState } from '../derivatives/build-order.ts';
import { rootOf } from './addresses.ts';
import { type Asset, loadAssets } from './assets.ts';
import { galleryPage } from './gallery-page.ts';
import { iipPage } from './iip-page.ts';
import { miradorPage } from './mirador-page.ts';
import { type Page, renderPage } from './page.ts';
import { viewerPage } from './viewer-page.ts';

/** No inline scripts, no inline styles but an empty one; pictures also from the viewer's own memory. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  `style-src 'self' 'sha256-${createHash('sha256').digest('base64')}'`,
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
].join('; ');

const VIEW = '/view/';
const MIRADOR = '/mirador/';
const LONGEST_PAGE_NUMBER = 6;

/** The addresses of IIP without a command: iipsrv has its home page there, which monitors ask for. */
const BARE_IIP = /^\/(?:iip|fcgi-bin\/iipsrv\.fcgi)(?:\?&*)?$/;

/** What is known of a request before it is routed. */
interface RequestHead {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
}

/** The URL the router sees for a page, undefined for other URLs: names may have bytes that it refuses to decode. */
export function pageRouteOf({ url = '/', method = 'GET' }: RequestHead): string | undefined {
  if (url.startsWith(VIEW)) return '/view';
  if (url.startsWith(MIRADOR)) return '/mirador';
  return BARE_IIP.test(url) && (method === 'GET' || method === 'HEAD') ? '/iip-page' : undefined;
}

/** What pages are made of. */
interface PagesOptions {
  readonly listImages: ListImages;
  readonly images: Pick<ImageService, 'describe'>;
  /** How the building of pyramids stands, where any are built. */
  readonly buildState: () => BuildState | undefined;
  readonly publicAddress: PublicAddress;
  /** What IIIF has between identifier and page; empty for no pages. */
  readonly pageDelimiter: string;
}

/**
 * The gallery at `/`, a viewer for each image below `/view/`, Mirador for each manifest below `/mirador/`, the page about
 * IIP at its bare address, and what they load. The app must have been made with a `rewriteUrl` that asks `pageRouteOf`.
 */
export const pages: FastifyPluginAsync<PagesOptions> = async (app, options) => {
  const { listImages, images, buildState, publicAddress, pageDelimiter } = options;
  const assets = await loadAssets(new URL('./assets/', import.meta.url));
  const assetUrl = (name: string) => `assets/${name}?v=${assets.get(name)?.version}`;
  const send = (reply: FastifyReply, page: Page) =>
    sendPage(reply, renderPage(page, { root: rootOf(reply.request.originalUrl), assetUrl }));

  app.get('/', async (request, reply) => {
    const { folder, page } = parseGalleryQuery(request.originalUrl);
    return send(reply, galleryPage(await listImages(folder, page, request.signal), pageDelimiter, buildState()));
  });
  app.get('/view', async (request, reply) => {
    const path = pathOf(request.originalUrl).slice(VIEW.length);
    return path === ''
      ? reply.redirect('../')
      : send(reply, viewerPage(parseIdentifier(decodeStrictly(path)), pageDelimiter));
  });
  app.get('/mirador', async (request, reply) => {
    const document = pathOf(request.originalUrl).slice(MIRADOR.length);
    const publicRoot = toUri(publicAddress.plainUriOf(request, { base: '/', name: '' }));
    return send(reply, await miradorPage({ document, publicRoot }, images, request.signal));
  });
  app.get('/iip-page', async (request, reply) => send(reply, await iipPage(images, request.signal)));
  app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = assets.get(request.params.name);
    return asset ? sendAsset(request, reply, asset) : reply.callNotFound();
  });
};

/** @throws MalformedRequest */
function parseGalleryQuery(url: string): { folder: string; page: number } {
  const mark = url.indexOf('?');
  const given = mark < 0 ? [] : url.slice(mark + 1).split('&');
  const parameter = (name: string) => given.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
  const page = parameter('page') ?? '1';
  if (!/^[1-9]\d*$/.test(page) || page.length > LONGEST_PAGE_NUMBER) {
    throw new MalformedRequest('page', page, 'a number from 1');
  }
  return { folder: decodeStrictly(parameter('folder') ?? ''), page: Number(page) };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function sendPage(reply: FastifyReply, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-cache')
    .send(body);
}

/** Addresses with the version are good for ever, others for an hour. */
function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  const isVersioned = request.originalUrl.endsWith(`?v=${asset.version}`);
  reply
    .header('etag', asset.etag)
    .header('cache-control', isVersioned ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
    .header('x-content-type-options', 'nosniff');
  if (namesEtag(request.headers['if-none-match'] ?? '', asset.etag)) return reply.code(304).send();
  return reply.type(asset.mediaType).send(asset.body);
}
