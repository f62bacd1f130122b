import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ProtocolContext } from '../context.ts';
import { callOptions, READING } from '../reply.ts';
import { splitTarget } from '../target.ts';
import { describeZoomify } from './describe.ts';
import { parseZoomify } from './parse.ts';

/** Zoomify: `/zoomify/{id}/ImageProperties.xml` and `/zoomify/{id}/TileGroup{g}/{tier}-{column}-{row}.jpg`. */
export const zoomify: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  app.route({ method: [...READING], url: '/zoomify', handler: (_request, reply) => answer(context, reply) });
};

async function answer({ images, replies }: ProtocolContext, reply: FastifyReply): Promise<FastifyReply> {
  const wanted = parseZoomify(splitTarget(reply.request.originalUrl).rest);
  if (wanted.kind === 'tile') return replies.sendImage(reply, await images.render(wanted.request, callOptions(reply)));
  const image = await images.describe(wanted.identifier, callOptions(reply));
  const { lastModified } = image.validators;
  return replies.sendDescriptor(reply, { type: 'application/xml', text: describeZoomify(image), lastModified });
}
