import type { ImageRequest, PageAddress } from '../../image/request.ts';
import { formatOf } from './arguments.ts';
import { parseAdditions } from './parse.ts';
import { imageOf } from './pictures.ts';

/**
 * A request of another protocol with what IIP commands before it in the same query do to it, as iipsrv's URLs have them:
 * `?CNT=1.5&DeepZoom=…`. What the request says itself counts more; its region and size are never touched.
 *
 * @param commands - as they stand in the query; empty for none
 * @throws MalformedRequest for an argument that is not valid, and for a command that would do nothing
 */
export function modify(request: ImageRequest, commands: string): ImageRequest {
  if (commands === '') return request;
  const view = parseAdditions(commands);
  const { page, layers, operations } = imageOf({ ...view, identifier: request.identifier });
  const { quality, format } = request;
  return {
    ...(page && { page }),
    ...(layers && { layers }),
    ...request,
    ...(operations && { operations: { ...operations, ...request.operations } }),
    quality: quality === 'default' ? view.quality : quality,
    format: { ...formatOf(format.type, view), ...format },
  };
}

/**
 * The page that such commands choose for a document about the image.
 *
 * @throws MalformedRequest
 */
export function pageIn(commands: string): PageAddress | undefined {
  return commands === '' ? undefined : parseAdditions(commands).page;
}
