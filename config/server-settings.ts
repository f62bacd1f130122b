import { baseUrl, corsPolicy, host, listenAddress, peerList, uriMap } from './addresses.ts';
import { CACHE_SETTINGS } from './cache-settings.ts';
import { imageFolders } from './image-folders.ts';
import type { Setting } from './setting.ts';
import { integer, oneOf, optional, parsedBy, text } from './value-type.ts';

/** Anything an environment variable can hold, on one line. */
const LINE = /^[^\p{Cc}]*$/u;
/** What may stand in a header field. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** Settings of the process, its files and its HTTP side. */
export const SERVER_SETTINGS = {
  port: {
    name: 'PORT',
    group: 'Listening',
    type: integer(0, 65_535),
    default: '8080',
    description: 'TCP port; 0 takes any free one.',
  },
  host: {
    name: 'HOST',
    group: 'Listening',
    type: host(),
    default: '0.0.0.0',
    description:
      'Address to listen on. The default is every IPv4 address, because a container or pod is reached on none that ' +
      'could be known before; 127.0.0.1 keeps the server to this machine, :: adds IPv6.',
  },
  bind: {
    name: 'BIND',
    group: 'Listening',
    type: listenAddress(),
    default: '',
    defaultMeaning: 'HOST and PORT',
    description:
      'Address and port at once, or a Unix socket. Stands for HOST and PORT, unless one of them is given in a stronger place.',
  },
  backlog: {
    name: 'BACKLOG',
    group: 'Listening',
    type: integer(1, 65_535),
    default: '2048',
    unit: 'connections',
    description: 'Connections that may wait to be accepted.',
  },
  root: {
    name: 'FILESYSTEM_PREFIX',
    group: 'Files',
    type: imageFolders(),
    default: '',
    defaultMeaning: 'the sample images',
    description:
      'Folder of the images, the same as DIR on the command line, or several with names: maps=/data/maps,books=/data/books ' +
      'serves paris.tif of the first as maps/paris.tif. Nothing outside is served.',
  },
  suffix: {
    name: 'FILESYSTEM_SUFFIX',
    group: 'Files',
    type: text('text for the end of a file name', /^[^\p{Cc}/\\]*$/u),
    default: '',
    description: 'Put after every image path, such as .tif.',
  },
  filenamePattern: {
    name: 'FILENAME_PATTERN',
    group: 'Files',
    type: text('text for the middle of a file name', /^[^\p{Cc}/\\]+$/u),
    default: '_pyr_',
    description:
      'What stands between stem and angles in the file names of a sequence: seq_pyr_001_090.tif is the view 1,90 of seq.',
  },
  decoderModules: {
    name: 'DECODER_MODULES',
    group: 'Files',
    type: parsedBy('paths, separated by commas', parsePaths),
    default: '',
    description: 'ES modules that read further kinds of image files, see decoder-modules.md.',
  },
  samples: {
    name: 'MEZZOTINT_SAMPLES',
    group: 'Files',
    type: oneOf(['on', 'off']),
    default: 'on',
    description: 'Whether sample images are drawn when no folder is given and they are missing.',
  },
  ...CACHE_SETTINGS,
  cacheControl: {
    name: 'CACHE_CONTROL',
    group: 'HTTP and URLs',
    type: text('the value of a header, in ASCII', HEADER_VALUE),
    default: 'max-age=86400',
    description: 'Cache-Control header of images and descriptions, as it stands; empty sends none.',
  },
  cors: {
    name: 'CORS',
    group: 'HTTP and URLs',
    type: corsPolicy(),
    default: '*',
    description: 'Web sites whose scripts may read the images: all (*), none (off), or a list of origins.',
  },
  baseUrl: {
    name: 'BASE_URL',
    group: 'HTTP and URLs',
    type: baseUrl(),
    default: '',
    defaultMeaning: 'the address of the request',
    description:
      'What IIIF ids and redirects begin with, a missing / added: the image name follows where the request has it after ' +
      '?IIIF=, or this ends in = or in the path before the name (/iiif/), else the path of the request.',
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    group: 'HTTP and URLs',
    type: peerList(),
    default: '',
    defaultMeaning: 'none',
    description:
      'Proxies that are believed when they say how they were addressed, in Forwarded, X-Forwarded-Proto, -Host, -Port, ' +
      '-Prefix and X-IIIF-ID: each must set or remove these itself. From anybody else they are ignored.',
  },
  deepZoomOverlap: {
    name: 'DEEPZOOM_OVERLAP',
    group: 'HTTP and URLs',
    type: integer(0, 64),
    default: '0',
    unit: 'pixels',
    description:
      'How far Deep Zoom tiles reach into each of their neighbours; stored tiles go out as they are with 0 only.',
  },
  uriMap: {
    name: 'URI_MAP',
    group: 'HTTP and URLs',
    type: uriMap(),
    default: '',
    description:
      'Further paths for protocols: with images=>IIIF,old/zoom=>DeepZoom an image is found at /images/NAME as well. An ' +
      'empty prefix takes every path that means nothing else.',
  },
  metricsPort: {
    name: 'METRICS_PORT',
    group: 'HTTP and URLs',
    type: optional(integer(1, 65_535)),
    default: '',
    defaultMeaning: 'off',
    description:
      'Port on which /metrics tells Prometheus about pyramids: being built, waiting, built, failed, evicted, and their bytes.',
  },
  verbosity: {
    name: 'VERBOSITY',
    group: 'Logging and process',
    type: integer(0, 10),
    default: '1',
    description: '0 logs nothing, 1 start and errors, 2 also one line for each request, 3 and more further details.',
  },
  logFile: {
    name: 'LOGFILE',
    group: 'Logging and process',
    type: optional(text('a file', LINE)),
    default: '',
    defaultMeaning: 'standard error',
    description: 'File that the log is appended to. (iipsrv: /tmp/iipsrv.log.)',
    notice: (value) =>
      value === 'syslog' ? 'there is no syslog here; the log goes to standard error, which journald reads' : undefined,
  },
  workers: {
    name: 'WORKERS',
    group: 'Logging and process',
    type: optional(integer(1, 256)),
    default: '',
    defaultMeaning: 'the number of cores',
    unit: 'processes',
    description:
      'Server processes. One that dies is replaced; each has caches of its own. With only one, connections are refused ' +
      'for the moment in which it is replaced.',
  },
  threads: {
    name: 'OMP_NUM_THREADS',
    group: 'Logging and process',
    type: optional(integer(1, 1000)),
    default: '',
    defaultMeaning: 'the number of cores',
    unit: 'threads',
    description: 'Threads of each worker for reading and decoding.',
    notice: () => 'it sets the threads of each worker; there is no OpenMP here',
  },
  configFile: {
    name: 'MEZZOTINT_CONFIG',
    group: 'Logging and process',
    type: optional(text('a file', LINE)),
    default: '',
    defaultMeaning: 'none',
    description: 'File of settings, one NAME=value on a line.',
  },
} as const satisfies Record<string, Setting>;

function parsePaths(given: string): readonly string[] | undefined {
  const paths = given.split(',').map((path) => path.trim());
  return LINE.test(given) ? paths.filter((path) => path !== '') : undefined;
}
