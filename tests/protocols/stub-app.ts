import Fastify, { type FastifyInstance } from 'fastify';
import { ImageError } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import { typeRanges } from '../../image/operations/sample-range.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ImageRequest, ResolvedRequest } from '../../image/request.ts';
import type { ImageAnswer, ImageDescription, ImageService, Validators } from '../../image/service.ts';
import { type ProtocolOptions, registerProtocols } from '../../protocols/plugin.ts';
import { createTargets } from '../../protocols/target.ts';

const TILE = { width: 256, height: 256 };

export const VALIDATORS: Validators = { etag: '"pixels"', lastModified: new Date('2026-11-22T07:28:38.500Z') };

/** 1000 x 700, halved twice. */
export const DESCRIPTION: ImageDescription = {
  validators: VALIDATORS,
  levels: pyramidOf([
    { width: 1000, height: 700, tile: TILE },
    { width: 500, height: 350, tile: TILE },
    { width: 250, height: 175, tile: TILE },
  ]),
  layout: { bands: 3, photometric: 'rgb', hasAlpha: false, bitsPerSample: 8 },
  metadata: { text: {} },
  tile: TILE,
  maxSide: 5000,
  maxArea: 25_000_000,
  allowUpscaling: true,
  extra: {},
};

export const BODY = Uint8Array.of(1, 2, 3, 4, 5);

/** What every request comes to unless a test says otherwise. */
export const RESOLVED: ResolvedRequest = {
  region: { x: 0, y: 0, width: 1000, height: 700 },
  size: { width: 1000, height: 700 },
  rotation: { mirror: false, degrees: 0 },
  quality: 'color',
  format: { type: 'jpeg' },
  purpose: 'export',
};

/** The same, and what that is in canonical terms. */
export const ANSWERED: Pick<ImageAnswer, 'resolved' | 'canonical'> = {
  resolved: RESOLVED,
  canonical: () => ({ isWhole: true, scale: 'max', isEnlarged: false, isDefaultQuality: true }),
};

/** An image service that remembers what it was asked and has the same answer to everything. */
export interface StubService extends ImageService {
  readonly requests: ImageRequest[];
  readonly described: Identifier[];
}

export function stubService(
  description: ImageDescription = DESCRIPTION,
  answered: Pick<ImageAnswer, 'resolved'> = ANSWERED,
): StubService {
  const requests: ImageRequest[] = [];
  const described: Identifier[] = [];
  return {
    requests,
    described,
    async render(request, { isFresh }) {
      requests.push(request);
      const image = isFresh(VALIDATORS) ? undefined : { mediaType: `image/${request.format.type}`, body: BODY };
      return { validators: VALIDATORS, image, ...ANSWERED, ...answered };
    },
    async describe(identifier) {
      described.push(identifier);
      return description;
    },
    async lend({ identifier }, _options, work) {
      described.push(identifier);
      return work({
        description,
        render: async ({ format }) => ({ mediaType: `image/${format.type}`, body: BODY }),
        readSamples: () => Promise.reject(new Error('this image has no samples')),
        ranges: async () => typeRanges(description.layout),
      });
    },
  };
}

/** An app with the protocols over `images`, and errors as the server words them. */
export async function appOver(
  images: ImageService,
  options: Omit<ProtocolOptions, 'images'> = {},
): Promise<FastifyInstance> {
  const targets = options.targets ?? createTargets();
  const app = Fastify({ rewriteUrl: (request) => targets.routeOf(request.url ?? '/') });
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof ImageError)) {
      const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
      return reply.code(status).type('text/plain').send(String(error));
    }
    const { type, body } = request.routeOptions.config.errorBody?.(error) ?? {
      type: 'text/plain',
      body: error.message,
    };
    return reply
      .code(error.code.endsWith('-not-found') ? 404 : 400)
      .type(type)
      .send(body);
  });
  await registerProtocols(app, { images, ...options });
  return app;
}
