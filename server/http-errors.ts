import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CorruptSource, type ErrorCode, ImageError } from '../image/errors.ts';
import type { ErrorBody } from '../protocols/reply.ts';
import type { Log } from './logging/log.ts';

/** The HTTP status of every deliberate failure, the same in all protocols. */
const STATUS = {
  'malformed-request': 400,
  'region-outside-image': 400,
  'size-over-limit': 400,
  'source-not-found': 404,
  'tile-not-found': 404,
  'page-not-found': 404,
  'request-over-budget': 413,
  'unsupported-source': 415,
  'corrupt-source': 500,
  'upscaling-disabled': 501,
  'source-changed': 503,
  'pyramid-not-built': 503,
  overloaded: 503,
} as const satisfies Record<ErrorCode, number>;

/** Seconds after which a client may try again. */
const RETRY_AFTER = '1';

/** Nobody is listening any more; the status is for the log alone. */
const CLIENT_CLOSED_REQUEST = 499;

/** What a client is told of a failure: never more than the error's own fixed words. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Answers every error of every route; a route may word the body, never the status. */
export function createErrorHandler(log: Log) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.socket.destroyed) return reply.code(CLIENT_CLOSED_REQUEST).send();
    const failure = failureOf(error);
    if (failure.status === 500) logFailure(log, error, request);
    if (failure.status === 503) reply.header('retry-after', RETRY_AFTER);
    reply.code(failure.status).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    const worded = wordedByRoute(error, request);
    if (worded?.disposition) reply.header('content-disposition', worded.disposition);
    if (worded) return reply.type(worded.type).send(worded.body);
    return reply.send({ error: failure.code, message: failure.message, request: request.id });
  };
}

function wordedByRoute(error: Error, request: FastifyRequest): ErrorBody | undefined {
  return error instanceof ImageError ? request.routeOptions.config.errorBody?.(error) : undefined;
}

function failureOf(error: FastifyError): Failure {
  if (error instanceof ImageError) return { status: STATUS[error.code], code: error.code, message: error.message };
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, code: 'malformed-request', message: error.message };
  return { status: 500, code: 'internal-error', message: 'the server made a mistake; it has been logged' };
}

function logFailure(log: Log, error: Error, request: FastifyRequest): void {
  const reason = error instanceof CorruptSource ? error.reason : error.message;
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  const stack = error instanceof ImageError ? undefined : error.stack;
  log.error('request failed', { id: request.id, url: request.originalUrl.slice(0, 2048), reason, cause, stack });
}

/** The failure of a request whose target is longer than the server takes. */
export function targetTooLong(limit: number): Error & { readonly statusCode: number } {
  return Object.assign(new Error(`the URL is longer than ${limit} bytes`), { statusCode: 414 });
}

/** What there is a route for under an address, or would be. */
export function allowedMethods(request: FastifyRequest): string {
  return request.url === '/iip' ? 'GET, HEAD, POST, OPTIONS' : 'GET, HEAD, OPTIONS';
}

/** Answers what no route is there for. */
export function refuseUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { id, method } = request;
  const allowed = allowedMethods(request);
  reply.header('cache-control', 'no-store');
  if (allowed.split(', ').includes(method)) {
    const message = 'nothing is served under this address';
    return reply.code(404).send({ error: 'not-found', message, request: id });
  }
  const message = `${method} is not allowed here, ${allowed} are`;
  return reply.code(405).header('allow', allowed).send({ error: 'method-not-allowed', message, request: id });
}
