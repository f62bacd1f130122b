import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../image/errors.ts';
import type { ProtocolContext } from '../context.ts';
import { callOptions, READING } from '../reply.ts';
import { isHandshake } from './describe.ts';
import { dispositionOf } from './disposition.ts';
import { IipError, iipErrorBody } from './errors.ts';
import { type IipRequest, parseIip } from './parse.ts';

/** Bytes that a query may have as the body of a POST. */
const LARGEST_BODY = 8192;

const MEDIA_TYPE = 'application/vnd.netfpx';

/** The version of iipsrv whose answers these are: old clients look for one. */
const IIP_VERSION = '1.3';

/** Monitors are pointed at the bare address and expect a page. */
const WELCOME =
  '<!DOCTYPE html><html lang="en"><title>Mezzotint</title><p>This is Mezzotint, ready for IIP requests.</p></html>\n';

/** IIP as iipsrv speaks it: `?FIF=…&CMD=arg…`, or the same as the body of a POST. */
export const iip: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  const config = { errorBody: iipErrorBody };
  takeAnyBody(app);
  app.route({
    method: [...READING],
    url: '/iip',
    config,
    handler: async (request, reply) => answer({ context, reply }, context.splitTarget(request.originalUrl).query),
  });
  app.route({
    method: 'POST',
    url: '/iip',
    config,
    bodyLimit: LARGEST_BODY,
    handler: async (request, reply) => answer({ context, reply }, bodyOf(request, context)),
  });
};

interface Exchange {
  readonly context: ProtocolContext;
  readonly reply: FastifyReply;
}

async function answer(exchange: Exchange, query: string): Promise<FastifyReply> {
  const wanted = parseIip(query);
  switch (wanted.kind) {
    case 'nothing':
      return exchange.reply.type('text/html; charset=utf-8').send(WELCOME);
    case 'picture':
      return answerPicture(exchange, wanted);
    case 'objects':
      return answerObjects(exchange, wanted, query);
  }
}

type Wanted<Kind> = Extract<IipRequest, { kind: Kind }>;

async function answerPicture({ context, reply }: Exchange, wanted: Wanted<'picture'>): Promise<FastifyReply> {
  const { identifier, format } = wanted.request;
  const picture = await context.images.render(wanted.request, callOptions(reply));
  if (wanted.isExport && picture.image) {
    const kind = reply.request.method === 'POST' ? 'attachment' : 'inline';
    const size = picture.resolved?.size;
    reply.header('content-disposition', dispositionOf({ identifier, type: format.type, size, kind }));
  }
  return context.replies.sendImage(reply, picture);
}

/** @param query - quoted where the objects have nothing to say */
async function answerObjects(exchange: Exchange, wanted: Wanted<'objects'>, query: string): Promise<FastifyReply> {
  const { context, reply } = exchange;
  const { identifier, page, objects } = wanted;
  const image = identifier && (await context.images.describe(identifier, callOptions(reply), page));
  const lines = objects.flatMap(({ object, rotation }) => {
    if (!object.isOfImage) return object.lines;
    return image ? object.describe(image, rotation) : [];
  });
  if (lines.length === 0) throw new IipError([{ code: '2 1', argument: query }]);
  if (objects.some(({ object }) => isHandshake(object))) reply.header('iip', IIP_VERSION);
  const text = lines.map((line) => `${line}\r\n`).join('');
  if (!image) return reply.type(MEDIA_TYPE).send(text);
  const type = objects.flatMap(({ object }) => (object.isOfImage && object.type) || []).at(-1) ?? MEDIA_TYPE;
  const { lastModified } = image.validators;
  return context.replies.sendDescriptor(reply, { type, text, lastModified });
}

/** Whatever its media type, a body is a query. */
function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Each byte is one character, as in a request target. */
function bodyOf(request: FastifyRequest, { splitTarget }: ProtocolContext): string {
  const { query } = splitTarget(request.originalUrl);
  if (query !== '') throw new MalformedRequest('query string', query, 'none, as POST has its commands in the body');
  return Buffer.isBuffer(request.body) ? request.body.toString('latin1') : '';
}
