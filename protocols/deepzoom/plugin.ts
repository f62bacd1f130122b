import { tileProtocol } from '../tile-protocol.ts';
import { describeDeepZoom } from './describe.ts';
import { parseDeepZoom } from './parse.ts';

/** Deep Zoom: `/deepzoom/{id}.dzi` and `/deepzoom/{id}_files/{level}/{column}_{row}.{format}`. */
export const deepzoom = tileProtocol({
  url: '/deepzoom',
  parse: (rest, { deepZoomOverlap }) => parseDeepZoom(rest, deepZoomOverlap),
  describe: (image, { deepZoomOverlap }) => describeDeepZoom(image, deepZoomOverlap),
});
