import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ProtocolContext } from '../context.ts';
import { callOptions, READING } from '../reply.ts';
import { splitTarget } from '../target.ts';
import { describeDeepZoom } from './describe.ts';
import { parseDeepZoom } from './parse.ts';

/** Deep Zoom: `/deepzoom/{id}.dzi` and `/deepzoom/{id}_files/{level}/{column}_{row}.{format}`. */
export const deepzoom: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  app.route({ method: [...READING], url: '/deepzoom', handler: (_request, reply) => answer(context, reply) });
};

async function answer({ images, replies }: ProtocolContext, reply: FastifyReply): Promise<FastifyReply> {
  const wanted = parseDeepZoom(splitTarget(reply.request.originalUrl).rest);
  if (wanted.kind === 'tile') return replies.sendImage(reply, await images.render(wanted.request, callOptions(reply)));
  const image = await images.describe(wanted.identifier, callOptions(reply));
  const { lastModified } = image.validators;
  return replies.sendDescriptor(reply, { type: 'application/xml', text: describeDeepZoom(image), lastModified });
}
