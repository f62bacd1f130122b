import { parseCommandLine } from './command-line.ts';
import type { Config, StartConfig } from './config.ts';
import { parseConfigFile } from './config-file.ts';
import { contradictions, type Given, type Reading, strongest } from './given.ts';
import { IMAGE_SETTINGS as IMAGE } from './image-settings.ts';
import { ConfigError, conflicts, invalidValues, isBindInForce } from './problems.ts';
import { SERVER_SETTINGS as SERVER } from './server-settings.ts';
import { namesOf, type Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

/** What the configuration is made of. */
export interface ConfigInputs {
  /** The command line without the interpreter and the program. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws where the file cannot be read. */
  readonly readFile: (path: string) => string;
  /** What WORKERS and OMP_NUM_THREADS are by default. */
  readonly cores: number;
}

/** One megabyte of MAX_IMAGE_CACHE_SIZE, as iipsrv counts. */
const MEGABYTE = 1_024_000;
const DEFAULT_MAX_SIDE = Number(IMAGE.maxSide.default);

/**
 * Settles every setting: command line before environment before file before default.
 *
 * @throws ConfigError with every problem found
 */
export function loadConfig({ argv, env, readFile, cores }: ConfigInputs): StartConfig {
  const upper = [parseCommandLine(argv), readEnvironment(env)];
  const path = strongest(upper.flatMap((reading) => reading.given)).get(SERVER.configFile.name)?.text;
  const readings = [...upper, readConfigFile(path, readFile)];
  const given = readings.flatMap((reading) => reading.given);
  const effective = strongest(given);
  const invalid = invalidValues(effective);
  const problems = [
    ...readings.flatMap((reading) => reading.problems),
    ...contradictions(given),
    ...invalid,
    ...conflicts(effective),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return assemble(effective, cores);
}

/** Names that are not ours are somebody else's business. */
function readEnvironment(env: ConfigInputs['env']): Reading {
  const given = SETTINGS.flatMap((setting) =>
    namesOf(setting).flatMap((name): Given[] => {
      const text = env[name];
      return text === undefined ? [] : [{ setting, name, text, place: 'environment', origin: 'environment' }];
    }),
  );
  return { given, problems: [] };
}

function readConfigFile(path: string | undefined, readFile: ConfigInputs['readFile']): Reading {
  if (!path) return { given: [], problems: [] };
  try {
    return parseConfigFile(readFile(path), path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { given: [], problems: [`${SERVER.configFile.name}=${path}: cannot be read: ${reason}`] };
  }
}

/** The text that counts, as its type's value. */
type Reader = <T>(setting: Setting<T>) => T;

function readerOf(effective: ReadonlyMap<string, Given>): Reader {
  return (setting) => {
    const parsed = setting.type.parse(effective.get(setting.name)?.text ?? setting.default);
    if (!parsed.ok) throw new Error(`${setting.name} was not checked`);
    return parsed.value;
  };
}

function assemble(effective: ReadonlyMap<string, Given>, cores: number): StartConfig {
  const read = readerOf(effective);
  return {
    listen: listenOf(read, isBindInForce(effective)),
    files: {
      roots: read(SERVER.root),
      suffix: read(SERVER.suffix),
      sequencePattern: read(SERVER.filenamePattern),
      decoderModules: read(SERVER.decoderModules),
      orientation: read(IMAGE.orientation),
    },
    encoding: encodingOf(read),
    metadata: { maxIcc: maxIccOf(read), colour: read(IMAGE.colour), rights: read(IMAGE.copyright) },
    watermark: watermarkOf(read),
    limits: limitsOf(read),
    caches: cachesOf(read),
    http: {
      cors: read(SERVER.cors),
      cacheControl: read(SERVER.cacheControl),
      baseUrl: read(SERVER.baseUrl),
      trustedProxies: read(SERVER.trustedProxies),
      uriMap: read(SERVER.uriMap),
      deepZoomOverlap: read(SERVER.deepZoomOverlap),
    },
    iiif: {
      defaultVersion: read(IMAGE.iiifVersion),
      pageDelimiter: read(IMAGE.iiifDelimiter),
      hasExtensions: read(IMAGE.iiifExtensions),
      extra: read(IMAGE.iiifExtraInfo),
    },
    derivatives: derivativesOf(read),
    metricsPort: read(SERVER.metricsPort),
    workers: read(SERVER.workers) ?? cores,
    threads: read(SERVER.threads) ?? cores,
    log: logOf(read),
    notices: [...effective.values()].flatMap(noticeOf),
    drawSamples: read(SERVER.samples) === 'on',
  };
}

function listenOf(read: Reader, isBound: boolean): Config['listen'] {
  const bind = isBound ? read(SERVER.bind) : undefined;
  const separate = { host: read(SERVER.host), port: read(SERVER.port) };
  const { host, port } = bind?.kind === 'tcp' ? bind : separate;
  return { host, port, unixPath: bind?.kind === 'unix' ? bind.path : undefined, backlog: read(SERVER.backlog) };
}

function encodingOf(read: Reader): Config['encoding'] {
  return {
    jpegQuality: read(IMAGE.jpegQuality),
    pngLevel: read(IMAGE.pngLevel),
    webpQuality: read(IMAGE.webpQuality),
    avifQuality: read(IMAGE.avifQuality),
    avifCodec: read(IMAGE.avifCodec),
    tiffCompression: read(IMAGE.tiffCompression),
    tiffQuality: read(IMAGE.tiffQuality),
    depth: read(IMAGE.outputDepth),
    passthrough: read(IMAGE.passthrough),
    matte: read(IMAGE.matte),
  };
}

function maxIccOf(read: Reader): number {
  const limit = read(IMAGE.maxIcc);
  if (!read(IMAGE.embedIcc)) return 0;
  return limit < 0 ? Number.POSITIVE_INFINITY : limit;
}

function watermarkOf(read: Reader): Config['watermark'] {
  const path = read(IMAGE.watermark);
  if (path === undefined) return undefined;
  return {
    path,
    probability: read(IMAGE.watermarkProbability),
    opacity: read(IMAGE.watermarkOpacity),
    placement: read(IMAGE.watermarkPlacement),
  };
}

function limitsOf(read: Reader): Config['limits'] {
  const side = read(IMAGE.maxSide);
  const layers = read(IMAGE.maxLayers);
  return {
    maxSide: side < 0 ? Number.POSITIVE_INFINITY : side || DEFAULT_MAX_SIDE,
    allowUpscaling: read(IMAGE.allowUpscaling),
    interpolation: read(IMAGE.interpolation),
    maxDecodedBytes: read(IMAGE.maxDecodedBytes),
    maxLayers: layers < 0 ? Number.POSITIVE_INFINITY : layers || 'half',
  };
}

function cachesOf(read: Reader): Config['caches'] {
  const count = read(SERVER.sourceCount);
  const url = read(SERVER.redisUrl);
  return {
    imageBytes: Math.round(read(SERVER.imageCacheMegabytes) * MEGABYTE),
    sourceCount: count < 0 ? Number.POSITIVE_INFINITY : count,
    checkIntervalMs: read(SERVER.sourceCheckInterval),
    redis: url ? { url, prefix: read(SERVER.redisPrefix), ttlSeconds: read(SERVER.redisTtl) } : undefined,
  };
}

function derivativesOf(read: Reader): Config['derivatives'] {
  const { isOn, folder } = read(SERVER.derivatives);
  return isOn ? { folder, maxBytes: read(SERVER.derivativesMaxBytes) } : undefined;
}

function logOf(read: Reader): Config['log'] {
  const file = read(SERVER.logFile);
  return { verbosity: read(SERVER.verbosity), file: file === 'syslog' ? undefined : file };
}

function noticeOf({ setting, text }: Given): string[] {
  const notice = setting.notice ? setting.notice(text) : statusNotice(setting.status);
  return notice ? [`${setting.name}: ${notice}`] : [];
}

function statusNotice(status: Setting['status']): string | undefined {
  if (status === 'planned') return 'accepted, but it has no effect in this version';
  if (status === 'no-counterpart') return 'accepted, but it has no effect: there is nothing here that it could change';
  return undefined;
}
