import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { SourceNotFound } from '../image/errors.ts';
import { type Identifier, parseIdentifier } from '../image/identifier.ts';
import type { ImageRequest } from '../image/request.ts';
import type { ImageDescription } from '../image/service.ts';
import type { ProtocolContext } from './context.ts';
import { modify, pageIn } from './iip/modify.ts';
import { callOptions, READING } from './reply.ts';
import { decodeStrictly } from './target.ts';

/** What a URL asks for in a protocol that knows only a descriptor and tiles. */
export type TileProtocolRequest =
  | { readonly kind: 'descriptor'; readonly identifier: Identifier }
  | { readonly kind: 'tile'; readonly request: ImageRequest };

/** A protocol of one XML document and tiles. */
export interface TileProtocol {
  /** The route. */
  readonly url: string;
  /** @throws ImageError */
  readonly parse: (rest: string, context: ProtocolContext) => TileProtocolRequest;
  /** The text of the document. */
  readonly describe: (image: ImageDescription, context: ProtocolContext) => string;
}

/** How its URLs go on after the identifier. */
interface Grammar {
  /** How the descriptor's URL may end. */
  readonly descriptors: readonly string[];
  /** What stands before the tile's own part; the last one counts, as names may have it too. */
  readonly tiles: string;
  /** @throws MalformedRequest, TileNotFound */
  readonly parseTile: (tile: string, identifier: Identifier) => ImageRequest;
}

/**
 * Parses what follows the mount.
 *
 * @throws MalformedRequest, SourceNotFound for a path that is neither, and what `parseTile` throws
 */
export function parseTileProtocol(rest: string, { descriptors, tiles, parseTile }: Grammar): TileProtocolRequest {
  const path = decodeStrictly(rest);
  const descriptor = descriptors.find((ending) => path.endsWith(ending));
  if (descriptor !== undefined) {
    return { kind: 'descriptor', identifier: parseIdentifier(path.slice(0, -descriptor.length)) };
  }
  const end = path.lastIndexOf(tiles);
  if (end < 0) throw new SourceNotFound();
  return { kind: 'tile', request: parseTile(path.slice(end + tiles.length), parseIdentifier(path.slice(0, end))) };
}

/** The routes of such a protocol. */
export function tileProtocol({ url, parse, describe }: TileProtocol): FastifyPluginAsync<ProtocolContext> {
  return async (app, context) => {
    const { images, replies } = context;
    const answer = async (reply: FastifyReply): Promise<FastifyReply> => {
      const { rest, commands } = context.splitTarget(reply.request.originalUrl);
      const wanted = parse(rest, context);
      const caller = callOptions(reply);
      if (wanted.kind === 'tile')
        return replies.sendImage(reply, await images.render(modify(wanted.request, commands), caller));
      const image = await images.describe(wanted.identifier, caller, pageIn(commands));
      const { lastModified } = image.validators;
      return replies.sendDescriptor(reply, { type: 'application/xml', body: describe(image, context), lastModified });
    };
    app.route({ method: [...READING], url, handler: (_request, reply) => answer(reply) });
  };
}
