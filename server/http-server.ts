import cors from '@fastify/cors';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from '../config/config.ts';
import type { ImageService } from '../image/service.ts';
import { registerProtocols } from '../protocols/plugin.ts';
import { createPublicAddress } from '../protocols/public-address.ts';
import { createTargets, type Targets } from '../protocols/target.ts';
import { createTrust } from '../protocols/trusted-peers.ts';
import type { BuildState } from './derivatives/build-order.ts';
import { allowedMethods, createErrorHandler, refuseUnknown, targetTooLong } from './http-errors.ts';
import type { Log } from './logging/log.ts';
import { createListImages } from './pages/list-images.ts';
import { pageRouteOf, pages } from './pages/plugin.ts';
import type { ImageRoots } from './sources/open-confined.ts';

/** What answers are made with. */
export interface HttpServerNeeds {
  readonly config: Config;
  readonly images: ImageService;
  readonly log: Log;
  readonly roots: ImageRoots;
  readonly buildState: () => BuildState | undefined;
}

/** Longest request target in bytes. */
const LONGEST_TARGET = 8 * 1024;

/** Paths that URI_MAP leaves alone even where it takes all others. */
const RESERVED_PATHS = ['/assets', '/health'];

/** The server with all its routes, not yet listening. */
export async function createHttpServer(needs: HttpServerNeeds): Promise<FastifyInstance> {
  const { config, log } = needs;
  const targets = createTargets(config.http.uriMap, RESERVED_PATHS);
  const app = createBareServer(targets, log);
  await allowOrigins(app, config.http.cors); // before anything that may refuse a request
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done(request.originalUrl.length > LONGEST_TARGET ? targetTooLong(LONGEST_TARGET) : undefined);
  });
  if (config.log.verbosity >= 2) logRequests(app, log);
  await registerRoutes(app, targets, needs);
  app.get('/health/live', async () => 'alive\n');
  app.get('/health/ready', async () => 'ready\n');
  return app;
}

function createBareServer(targets: Targets, log: Log): FastifyInstance {
  const app = Fastify({
    rewriteUrl: (request) => pageRouteOf(request) ?? targets.routeOf(request.url ?? '/'),
    frameworkErrors: createErrorHandler(log),
    bodyLimit: LONGEST_TARGET,
    http: { maxHeaderSize: 16 * 1024 },
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000, // longer than a proxy's own, or it meets closed connections
    return503OnClosing: false,
  });
  app.server.headersTimeout = 10_000;
  app.setErrorHandler(createErrorHandler(log));
  app.setNotFoundHandler(refuseUnknown);
  return app;
}

async function allowOrigins(app: FastifyInstance, allowed: Config['http']['cors']): Promise<void> {
  if (allowed === 'off') {
    app.options('*', (request, reply) => reply.code(204).header('allow', allowedMethods(request)).send());
    return;
  }
  const origin = allowed === '*' ? '*' : [...allowed];
  await app.register(cors, {
    origin,
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
    exposedHeaders: ['Link'],
    maxAge: 86_400,
    strictPreflight: false,
  });
}

/** One line for each answer, also for those that nobody waited for. */
function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      log.request({
        id: request.id,
        method: request.method,
        url: request.originalUrl,
        status: reply.raw.statusCode,
        bytes: Number(reply.raw.getHeader('content-length') ?? 0),
        ms: Math.round(reply.elapsedTime * 1000) / 1000,
        aborted: !reply.raw.writableFinished,
      });
    });
    done();
  });
}

/** Protocols, and the pages for people. */
async function registerRoutes(app: FastifyInstance, targets: Targets, needs: HttpServerNeeds): Promise<void> {
  const { config, images, roots, buildState } = needs;
  const { cacheControl, baseUrl, trustedProxies, deepZoomOverlap } = config.http;
  const isTrusted = trustedProxies.length > 0 ? createTrust(trustedProxies) : undefined;
  const listImages = createListImages({ roots, images, buildState });
  const publicAddress = createPublicAddress({ baseUrl, isTrusted });
  await registerProtocols(app, {
    images,
    listImages,
    targets,
    cacheControl,
    iiif: config.iiif,
    deepZoomOverlap,
    publicAddress,
  });
  const { pageDelimiter } = config.iiif;
  await app.register(pages, { listImages, images, buildState, publicAddress, pageDelimiter });
}
