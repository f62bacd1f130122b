import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ImageRequest, OutputDepth } from '../../image/request.ts';
import type { ProtocolContext } from '../context.ts';
import { modify } from '../iip/modify.ts';
import { callOptions, READING } from '../reply.ts';
import { toUri } from '../target.ts';
import { contextOf, describeIiif, profileOf } from './describe.ts';
import { negotiateType, negotiateVersion } from './negotiate.ts';
import { type IiifRequest, type IiifVersion, parseIiif } from './parse.ts';
import { parseDepth } from './query.ts';

/** IIIF Image API 3 and 2 under prefixes of their own, and under `/iiif` whichever the client names. */
export const iiif: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  const method = [...READING];
  app.route({ method, url: '/iiif/3', handler: (_request, reply) => answer({ context, reply, version: 3 }) });
  app.route({ method, url: '/iiif/2', handler: (_request, reply) => answer({ context, reply, version: 2 }) });
  app.route({
    method,
    url: '/iiif',
    handler: (request, reply) => {
      const version = negotiateVersion(request.headers.accept, context.iiifVersion);
      return answer({ context, reply: reply.header('vary', 'Accept'), version });
    },
  });
};

interface Exchange {
  readonly context: ProtocolContext;
  readonly reply: FastifyReply;
  readonly version: IiifVersion;
}

async function answer(exchange: Exchange): Promise<FastifyReply> {
  const { context, reply, version } = exchange;
  const { base, rest, query, commands } = context.splitTarget(reply.request.originalUrl);
  const wanted = parseIiif(rest, version, context.pageDelimiter);
  if (wanted.kind !== 'image') return answerDocument(exchange, wanted, base);
  const request = inDepth(modify(wanted.request, commands), parseDepth(query));
  const image = await context.images.render(request, callOptions(reply));
  return context.replies.sendImage(reply.header('link', PROFILE_LINK[version]), image);
}

function inDepth(request: ImageRequest, depth: OutputDepth | undefined): ImageRequest {
  return depth === undefined ? request : { ...request, format: { ...request.format, depth } };
}

type DocumentRequest = Extract<IiifRequest, { identifier: unknown }>;

/** @param base - the mount that the image was addressed under */
async function answerDocument(exchange: Exchange, wanted: DocumentRequest, base: string): Promise<FastifyReply> {
  const { context, reply, version } = exchange;
  const id = toUri(context.publicAddress(reply.request, { base, name: wanted.uri }));
  if (wanted.kind === 'base') return reply.redirect(`${id}/info.json`, 303);
  const type = negotiateType(reply.request.headers.accept, version);
  const image = await context.images.describe(wanted.identifier, callOptions(reply), wanted.page);
  reply.header('vary', 'Accept').header('link', infoLinks(type, version));
  const { lastModified } = image.validators;
  return context.replies.sendDescriptor(reply, { type, body: describeIiif(image, id, version), lastModified });
}

const PROFILE_LINK = { 2: `<${profileOf(2)}>;rel="profile"`, 3: `<${profileOf(3)}>;rel="profile"` } as const;
const CONTEXT_LINK = `<${contextOf(2)}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"`;

/** Plain JSON names its JSON-LD context in a header, as version 2 recommends. */
function infoLinks(type: string, version: IiifVersion): string {
  return version === 2 && type === 'application/json' ? `${CONTEXT_LINK}, ${PROFILE_LINK[2]}` : PROFILE_LINK[version];
}
