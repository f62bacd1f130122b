import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ImageRequest, OutputDepth } from '../../image/request.ts';
import type { ProtocolContext } from '../context.ts';
import { modify, pageIn } from '../iip/modify.ts';
import { callOptions, READING, varyOn } from '../reply.ts';
import { toUri } from '../target.ts';
import { canonicalParameters } from './canonical.ts';
import { contextOf, profileOf } from './describe.ts';
import { createInfoDocument, type InfoDocument } from './info-document.ts';
import { negotiateType, negotiateVersion } from './negotiate.ts';
import { type IiifVersion, qualitiesOf } from './offers.ts';
import { type IiifGrammar, type NamedImage, parseIiif } from './parse.ts';
import { parseDepth } from './query.ts';

/** IIIF Image API 3 and 2 under prefixes of their own, and under `/iiif` whichever the client names. */
export const iiif: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  const method = [...READING];
  const exchanges = { 2: exchangeOf(context, 2), 3: exchangeOf(context, 3) } as const;
  app.route({ method, url: '/iiif/3', handler: (_request, reply) => answer(exchanges[3], reply) });
  app.route({ method, url: '/iiif/2', handler: (_request, reply) => answer(exchanges[2], reply) });
  app.route({
    method,
    url: '/iiif',
    handler: (request, reply) => {
      const version = negotiateVersion(request.headers.accept, context.iiif.defaultVersion);
      return answer(exchanges[version], varyOn(reply, ['Accept']));
    },
  });
};

/** What all answers of a version have in common. */
interface Exchange {
  readonly context: ProtocolContext;
  readonly grammar: IiifGrammar;
  readonly infoDocument: InfoDocument;
}

function exchangeOf(context: ProtocolContext, version: IiifVersion): Exchange {
  const pageDelimiter = Buffer.from(context.iiif.pageDelimiter).toString('latin1'); // as identifiers are
  const qualities = qualitiesOf(context.iiif.hasExtensions);
  return {
    context,
    grammar: { version, pageDelimiter, qualities },
    infoDocument: createInfoDocument(version, qualities),
  };
}

async function answer(exchange: Exchange, reply: FastifyReply): Promise<FastifyReply> {
  const { context, grammar } = exchange;
  const { base, rest, query, commands } = context.splitTarget(reply.request.originalUrl);
  const wanted = parseIiif(rest, grammar);
  const id = toUri(context.publicAddress.uriOf(reply.request, { base, name: wanted.uri }));
  varyOn(reply, context.publicAddress.headers);
  if (wanted.kind !== 'image') {
    const { page = pageIn(commands) } = wanted;
    if (wanted.kind === 'base') return reply.header('content-length', 0).redirect(`${id}/info.json`, 303); // for HEAD, too
    return answerInfo(exchange, reply, { image: { identifier: wanted.identifier, ...(page && { page }) }, id });
  }
  const depth = parseDepth(query);
  const request = inDepth(modify(wanted.request, commands), depth);
  const image = await context.images.render(request, callOptions(reply));
  const profile = PROFILE_LINK[grammar.version];
  // What is asked for beside the parameters has no canonical form.
  const isPlain = commands === '' && depth === undefined;
  const canonical = isPlain && `<${id}/${canonicalParameters(image, wanted, grammar.version)}>;rel="canonical"`;
  return context.replies.sendImage(reply.header('link', canonical ? `${canonical}, ${profile}` : profile), image);
}

function inDepth(request: ImageRequest, depth: OutputDepth | undefined): ImageRequest {
  return depth === undefined ? request : { ...request, format: { ...request.format, depth } };
}

async function answerInfo(
  { context, grammar: { version }, infoDocument }: Exchange,
  reply: FastifyReply,
  { image: { identifier, page }, id }: { readonly image: NamedImage; readonly id: string },
): Promise<FastifyReply> {
  const type = negotiateType(reply.request.headers.accept, version);
  const image = await context.images.describe(identifier, callOptions(reply), page);
  varyOn(reply, ['Accept']).header('link', infoLinks(type, version));
  return context.replies.sendDescriptor(reply, infoDocument(image, { id, type }));
}

const PROFILE_LINK = { 2: `<${profileOf(2)}>;rel="profile"`, 3: `<${profileOf(3)}>;rel="profile"` } as const;
const CONTEXT_LINK = `<${contextOf(2)}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"`;

/** Plain JSON names its JSON-LD context in a header, as version 2 recommends. */
function infoLinks(type: string, version: IiifVersion): string {
  return version === 2 && type === 'application/json' ? `${CONTEXT_LINK}, ${PROFILE_LINK[2]}` : PROFILE_LINK[version];
}
