import { tileProtocol } from '../tile-protocol.ts';
import { describeZoomify } from './describe.ts';
import { parseZoomify } from './parse.ts';

/** Zoomify: `/zoomify/{id}/ImageProperties.xml` and `/zoomify/{id}/TileGroup{g}/{tier}-{column}-{row}.jpg`. */
export const zoomify = tileProtocol({ url: '/zoomify', parse: parseZoomify, describe: describeZoomify });
