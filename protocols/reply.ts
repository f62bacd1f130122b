import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ImageError } from '../image/errors.ts';
import type { CallOptions, ImageAnswer } from '../image/service.ts';
import { freshnessOf } from './conditional.ts';

/** An error as one protocol words it. */
export interface ErrorBody {
  /** Media type. */
  readonly type: string;
  readonly body: string;
  /** The Content-Disposition header, where the protocol wants one. */
  readonly disposition?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How a route words its errors; the status is not its business. */
    errorBody?: (error: ImageError) => ErrorBody;
  }
}

/** A document about an image, as it goes out. */
export interface Descriptor {
  /** Media type, complete with parameters. */
  readonly type: string;
  readonly body: string | Uint8Array;
  /** When the image that it is about was last changed; absent where nobody can say, as for folders. */
  readonly lastModified?: Date;
}

/** The methods that read; routes name both, as the framework's own HEAD gives a 304 a length. */
export const READING = ['GET', 'HEAD'] as const;

/** Adds names of request headers to those that the answer depends on. */
export function varyOn(reply: FastifyReply, names: readonly string[]): FastifyReply {
  const present = String(reply.getHeader('vary') ?? '');
  const known = present === '' ? [] : present.split(', ');
  const all = [...known, ...names.filter((name) => !known.includes(name))];
  return all.length === 0 ? reply : reply.header('vary', all.join(', '));
}

/** Turns answers into HTTP. */
export interface Replies {
  /** Sends an image, or 304 where the client's own copy holds. */
  sendImage(reply: FastifyReply, answer: ImageAnswer): FastifyReply;
  /** Sends a descriptor under an entity tag of its own contents, or 304. */
  sendDescriptor(reply: FastifyReply, descriptor: Descriptor): FastifyReply;
}

/** No client has a copy from then: only its entity tag can hold. */
const ALWAYS_NEWER = new Date(8.64e15);

/** @param cacheControl - the header's value; an empty one leaves it out */
export function createReplies({ cacheControl }: { readonly cacheControl: string }): Replies {
  const httpDate = createDateFormatter();
  const etagOf = createTagger();
  const identify = (reply: FastifyReply, etag: string, lastModified: Date | undefined) => {
    reply.header('etag', etag);
    if (lastModified) reply.header('last-modified', httpDate(lastModified));
    if (cacheControl !== '') reply.header('cache-control', cacheControl);
  };
  return {
    sendImage(reply, { validators, image }) {
      identify(reply, validators.etag, validators.lastModified);
      if (!image) return reply.code(304).send();
      return reply.header('content-type', image.mediaType).send(image.body);
    },
    sendDescriptor(reply, descriptor) {
      const { type, body, lastModified } = descriptor;
      const etag = etagOf(descriptor);
      identify(reply, etag, lastModified);
      if (freshnessOf(reply.request)({ etag, lastModified: lastModified ?? ALWAYS_NEWER }))
        return reply.code(304).send();
      // As bytes: the framework adds a charset to JSON that it is given as text.
      return reply.header('content-type', type).send(typeof body === 'string' ? Buffer.from(body) : body);
    },
  };
}

/** How the client of a reply wants to be served. */
export function callOptions(reply: FastifyReply): CallOptions {
  return new Call(reply);
}

/**
 * Makes the signal when it is asked for, as an answer from the cache needs none. A class, since an object literal with a
 * getter costs more to make than the URL to parse.
 */
class Call implements CallOptions {
  readonly isFresh: CallOptions['isFresh'];
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;

  constructor(reply: FastifyReply) {
    this.#response = reply.raw;
    this.isFresh = freshnessOf(reply.request);
  }

  get signal(): AbortSignal {
    this.#signal ??= departureOf(this.#response);
    return this.#signal;
  }
}

/**
 * Fires when the client leaves before it has its answer.
 *
 * The framework's own signal follows the request instead, and that of a POST ends before the work begins; it also fires
 * after every answer, and an abort that nobody waits for costs as much as parsing a request.
 */
function departureOf(response: ServerResponse): AbortSignal {
  if (response.destroyed || response.socket?.destroyed) return AbortSignal.abort();
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Digests what goes out; once where the same descriptor goes out again. */
function createTagger(): (descriptor: Descriptor) => string {
  const tags = new WeakMap<Descriptor, string>();
  return (descriptor) => {
    const known = tags.get(descriptor);
    if (known !== undefined) return known;
    const { type, body } = descriptor;
    const contents = typeof body === 'string' ? type + body : Buffer.concat([Buffer.from(type), body]);
    const tag = `"${hash('sha1', contents, 'base64url')}"`;
    tags.set(descriptor, tag);
    return tag;
  };
}

/** Printing a date costs as much as parsing a URL, and each image goes out a thousand times under the same one. */
function createDateFormatter(): (date: Date) => string {
  const printed = new WeakMap<Date, string>();
  return (date) => {
    const known = printed.get(date);
    if (known !== undefined) return known;
    const text = date.toUTCString();
    printed.set(date, text);
    return text;
  };
}
