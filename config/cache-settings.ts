import { redisUrl, serverList } from './addresses.ts';
import type { Setting } from './setting.ts';
import { decimal, integer, LARGEST_INTEGER, parsedBy, text } from './value-type.ts';

const ONE_WEEK_MS = 604_800_000;
const TEN_YEARS_S = 315_360_000;

/** Anything an environment variable can hold, on one line. */
const LINE = /^[^\p{Cc}]*$/u;

/** Settings of what is kept: in memory, on the disk and in Redis. */
export const CACHE_SETTINGS = {
  imageCacheMegabytes: {
    name: 'MAX_IMAGE_CACHE_SIZE',
    group: 'Caches',
    type: decimal(0, 1_000_000),
    default: '10',
    unit: 'MB of 1,024,000 bytes',
    description: 'Memory of each worker for encoded images; 0 keeps none.',
  },
  sourceCount: {
    name: 'MAX_METADATA_CACHE_SIZE',
    aliases: ['MAX_IMAGE_METADATA_CACHE_SIZE'],
    group: 'Caches',
    type: integer(-1, LARGEST_INTEGER),
    default: '1000',
    unit: 'images',
    description:
      'Images that each worker keeps open for the next request; 0 keeps none. More than 256 count as 256, as does -1.',
  },
  sourceCheckInterval: {
    name: 'SOURCE_CHECK_INTERVAL',
    group: 'Caches',
    type: integer(0, ONE_WEEK_MS),
    default: '1000',
    unit: 'milliseconds',
    description: 'How long an opened file is trusted before it is checked for changes; 0 checks at every request.',
  },
  derivatives: {
    name: 'DERIVATIVES',
    group: 'Caches',
    type: parsedBy('a folder, or off', parseDerivatives),
    default: '',
    defaultMeaning: 'mezzotint in the folder that the system has for caches',
    description:
      'Folder for the pyramids that are built of flat images: large JPEG, PNG, WebP and AVIF files, TIFF without reduced copies. A folder that cannot ' +
      'be written, like off, has them decoded as a whole for ever, and refused with 413 where that takes more than MAX_DECODED_BYTES.',
  },
  derivativesMaxBytes: {
    name: 'DERIVATIVES_MAX_BYTES',
    group: 'Caches',
    type: integer(0, 2 ** 49),
    default: '10737418240',
    unit: 'bytes',
    description: 'What the pyramids may take on the disk; those not used for longest are removed.',
  },
  redisUrl: {
    name: 'REDIS_URL',
    group: 'Caches',
    type: redisUrl(),
    default: '',
    defaultMeaning: 'no Redis',
    description:
      'Redis server that keeps encoded images for all workers and machines. Its credentials are never logged.',
    isSecret: true,
  },
  redisTtl: {
    name: 'REDIS_TTL',
    group: 'Caches',
    type: integer(1, TEN_YEARS_S),
    default: '86400',
    unit: 'seconds',
    description: 'How long Redis keeps an image.',
  },
  redisPrefix: {
    name: 'REDIS_PREFIX',
    group: 'Caches',
    type: text('1 to 64 letters, digits or any of . _ : -', /^[A-Za-z0-9._:-]{1,64}$/),
    default: 'mezzotint',
    description: 'What every key in Redis begins with: one for each deployment that shares a server.',
  },
  memcachedServers: {
    name: 'MEMCACHED_SERVERS',
    group: 'Caches',
    type: serverList(),
    default: '',
    defaultMeaning: 'no memcached',
    description: 'Memcached servers, host or host:port, separated by commas.',
    status: 'planned',
  },
  memcachedTimeout: {
    name: 'MEMCACHED_TIMEOUT',
    group: 'Caches',
    type: integer(0, LARGEST_INTEGER),
    default: '86400',
    unit: 'seconds',
    description: 'How long memcached keeps an answer.',
    status: 'planned',
  },
} as const satisfies Record<string, Setting>;

/** `off` is no folder; no text at all stands for the usual one. */
function parseDerivatives(given: string): { readonly isOn: boolean; readonly folder: string } | undefined {
  if (!LINE.test(given)) return undefined;
  return given === 'off' ? { isOn: false, folder: '' } : { isOn: true, folder: given };
}
