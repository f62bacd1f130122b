import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { PageNotFound, SourceNotFound } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
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
import type { NamedImage } from './page-name.ts';
import { type IiifGrammar, parseIiif } from './parse.ts';
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
    const named = { identifier: wanted.identifier, ...(page && { page }) };
    return orWhole(named, wanted.whole, (image) => answerInfo(exchange, reply, { image, id }));
  }
  const depth = parseDepth(query);
  const request = inDepth(modify(wanted.request, commands), depth);
  const image = await orWhole(request, wanted.whole, (either) => context.images.render(either, callOptions(reply)));
  const profile = PROFILE_LINK[grammar.version];
  // What is asked for beside the parameters has no canonical form.
  const isPlain = commands === '' && depth === undefined;
  const canonical = isPlain && `<${id}/${canonicalParameters(image, wanted, grammar.version)}>;rel="canonical"`;
  return context.replies.sendImage(reply.header('link', canonical ? `${canonical}, ${profile}` : profile), image);
}

/** Uses the page that is named, or, where there is none, the image that has the whole name as its own. */
async function orWhole<N extends NamedImage, T>(
  named: N,
  whole: Identifier | undefined,
  use: (named: Omit<N, 'page'> & NamedImage) => Promise<T>,
): Promise<T> {
  try {
    return await use(named);
  } catch (error) {
    if (!whole || !(error instanceof PageNotFound || error instanceof SourceNotFound)) throw error;
    const { page: _, ...rest } = named;
    return use({ ...rest, identifier: whole }).catch((other: unknown) => {
      throw other instanceof SourceNotFound ? error : other;
    });
  }
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
