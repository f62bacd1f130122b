import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { assertNever, MalformedRequest } from '../../image/errors.ts';
import type { ProtocolContext } from '../context.ts';
import { callOptions, type Descriptor, READING } from '../reply.ts';
import { answerProfile } from './answer-profile.ts';
import { answerSpectrum } from './answer-spectrum.ts';
import { answerTiles } from './answer-tiles.ts';
import type { DataRequest } from './data-requests.ts';
import { isHandshake } from './describe.ts';
import { dispositionOf } from './disposition.ts';
import type { Question } from './each-view.ts';
import { IipError, iipErrorBody } from './errors.ts';
import { type IipRequest, parseIip, type WantedObject } from './parse.ts';
import { readObjects } from './read-objects.ts';

/** Bytes that a query may have as the body of a POST. */
const LARGEST_BODY = 8192;

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
    case 'data':
      return answerData(exchange, wanted);
    case 'objects':
      return answerObjects(exchange, wanted.objects, query);
    default:
      return assertNever(wanted);
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

async function answerData({ context, reply }: Exchange, { data, view }: Wanted<'data'>): Promise<FastifyReply> {
  const question = { view, images: context.images, caller: callOptions(reply) };
  return context.replies.sendDescriptor(reply, await answerOf(data, question));
}

function answerOf(data: DataRequest, question: Question): Promise<Descriptor> {
  switch (data.kind) {
    case 'tiles':
      return answerTiles(data, question);
    case 'profile':
      return answerProfile(data, question);
    case 'spectrum':
      return answerSpectrum(data, question);
    default:
      return assertNever(data);
  }
}

/** @param query - quoted where the objects have nothing to say */
async function answerObjects(
  { context, reply }: Exchange,
  objects: readonly WantedObject[],
  query: string,
): Promise<FastifyReply> {
  const { lines, type, lastModified } = await readObjects(objects, context.images, callOptions(reply));
  if (lines.length === 0) throw new IipError([{ code: '2 1', argument: query }]);
  if (objects.some(({ object }) => isHandshake(object))) reply.header('iip', IIP_VERSION);
  const body = lines.map((line) => `${line}\r\n`).join('');
  if (!lastModified) return reply.type(type).send(body);
  return context.replies.sendDescriptor(reply, { type, body, lastModified });
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
