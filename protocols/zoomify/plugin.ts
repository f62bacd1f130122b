import type { FastifyPluginAsync } from 'fastify';
import type { ProtocolContext } from '../context.ts';
import { callOptions } from '../reply.ts';
import { splitTarget } from '../target.ts';
import { describeZoomify } from './describe.ts';
import { parseZoomify } from './parse.ts';

/** Zoomify: `/zoomify/{id}/ImageProperties.xml` and `/zoomify/{id}/TileGroup{g}/{tier}-{column}-{row}.jpg`. */
export const zoomify: FastifyPluginAsync<ProtocolContext> = async (app, { images, replies }) => {
  app.get('/zoomify', async (request, reply) => {
    const wanted = parseZoomify(splitTarget(request.originalUrl).rest);
    if (wanted.kind === 'tile')
      return replies.sendImage(reply, await images.render(wanted.request, callOptions(request)));
    const image = await images.describe(wanted.identifier, request.signal);
    const { lastModified } = image.validators;
    return replies.sendDescriptor(reply, { type: 'application/xml', text: describeZoomify(image), lastModified });
  });
};
