import type { FastifyPluginAsync } from 'fastify';
import type { ProtocolContext } from '../context.ts';
import { callOptions } from '../reply.ts';
import { splitTarget } from '../target.ts';
import { describeDeepZoom } from './describe.ts';
import { parseDeepZoom } from './parse.ts';

/** Deep Zoom: `/deepzoom/{id}.dzi` and `/deepzoom/{id}_files/{level}/{column}_{row}.{format}`. */
export const deepzoom: FastifyPluginAsync<ProtocolContext> = async (app, { images, replies }) => {
  app.get('/deepzoom', async (request, reply) => {
    const wanted = parseDeepZoom(splitTarget(request.originalUrl).rest);
    if (wanted.kind === 'tile')
      return replies.sendImage(reply, await images.render(wanted.request, callOptions(request)));
    const image = await images.describe(wanted.identifier, request.signal);
    const { lastModified } = image.validators;
    return replies.sendDescriptor(reply, { type: 'application/xml', text: describeDeepZoom(image), lastModified });
  });
};
