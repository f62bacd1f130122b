import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ProtocolContext } from '../context.ts';
import { callOptions, READING, varyOn } from '../reply.ts';
import { toUri } from '../target.ts';
import { describeTileJson } from './describe.ts';
import { parseXyz } from './parse.ts';

/** XYZ tiles for maps: `/tiles/{id}/{z}/{x}/{y}.{format}`, and the TileJSON `/tiles/{id}/tilejson.json` that lists them. */
export const xyz: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  const { images, replies, publicAddress, splitTarget } = context;
  const answer = async (reply: FastifyReply): Promise<FastifyReply> => {
    const { base, rest } = splitTarget(reply.request.originalUrl);
    const wanted = parseXyz(rest);
    const caller = callOptions(reply);
    if (wanted.kind === 'tile') return replies.sendImage(reply, await images.render(wanted.request, caller));
    const uri = toUri(publicAddress.plainUriOf(reply.request, { base, name: wanted.uri }));
    varyOn(reply, publicAddress.headers);
    const image = await images.describe(wanted.identifier, caller);
    const { lastModified } = image.validators;
    const body = describeTileJson(image, uri);
    return replies.sendDescriptor(reply, { type: 'application/json', body, lastModified });
  };
  app.route({ method: [...READING], url: '/tiles', handler: (_request, reply) => answer(reply) });
};
