import { MalformedRequest } from '../../image/errors.ts';
import type { OutputDepth } from '../../image/request.ts';

/**
 * Bits of a sample, which a query may say after an image's path: `?depth=native`. The API knows no queries, so other
 * parameters are nobody's.
 *
 * @throws MalformedRequest
 */
export function parseDepth(query: string): OutputDepth | undefined {
  if (query === '') return undefined;
  const [given, ...more] = query.split('&').filter((part) => part.startsWith('depth='));
  if (given === undefined) return undefined;
  if (more.length === 0 && given === 'depth=native') return 'native';
  if (more.length === 0 && given === 'depth=8') return 8;
  throw new MalformedRequest('depth', [given, ...more].join('&'), 'depth=8 or depth=native, once');
}
