import type { Colour } from '../image/colour.ts';
import type { InfoMembers } from '../image/info-members.ts';
import type { MaxLayers } from '../image/layers.ts';
import type { Interpolation, OutputDepth, TiffCompression } from '../image/request.ts';
import type { UriMapping } from './addresses.ts';

/** A folder of images, and the first segment of their identifiers; an empty name stands for none. */
export interface NamedFolder {
  readonly name: string;
  readonly folder: string;
}

/** Everything an operator can decide, settled once at the start. */
export interface Config {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Where set, the server listens there and not on the port. */
    readonly unixPath: string | undefined;
    readonly backlog: number;
  };
  readonly files: {
    /** The folders of the images, or the only one without a name; none for the sample images. */
    readonly roots: readonly NamedFolder[];
    /** Put after every image path. */
    readonly suffix: string;
    /** What stands between stem and angles in the names of a sequence's files. */
    readonly sequencePattern: string;
    /** Paths of modules that read further kinds of files. */
    readonly decoderModules: readonly string[];
    /** Whether images are turned upright as their files say. */
    readonly orientation: 'apply' | 'ignore';
  };
  readonly encoding: {
    /** 1 to 100. */
    readonly jpegQuality: number;
    /** 0 to 9, as zlib counts. */
    readonly pngLevel: number;
    /** 0 to 100, or -1 for lossless. */
    readonly webpQuality: number;
    /** 0 to 100, or -1 for lossless. */
    readonly avifQuality: number;
    readonly avifCodec: 'auto' | 'aom' | 'rav1e' | 'svt';
    readonly tiffCompression: TiffCompression;
    /** Quality or level, on the scale of the compression. */
    readonly tiffQuality: number;
    /** Of images with more than 8 bits a sample, in formats that can have more. */
    readonly depth: OutputDepth;
    /** Whether stored tiles go out as they are where they can. */
    readonly passthrough: boolean;
    /** What shows through transparent pixels where a format has none. */
    readonly matte: Colour;
  };
  readonly metadata: {
    /** Colour profiles shorter than this go out with the image, in bytes; Infinity for all of them. */
    readonly maxIcc: number;
    /** Whether RGB goes out in the colours of its profile, or converted to sRGB. */
    readonly colour: 'keep' | 'srgb';
    /** The rights statement of images that have none; empty for none. */
    readonly rights: string;
  };
  /** What is laid over every picture; undefined for nothing. */
  readonly watermark:
    | {
        /** Where the image is. */
        readonly path: string;
        /** Share of the places that have one, 0 to 1. */
        readonly probability: number;
        /** 0 to 1. */
        readonly opacity: number;
        readonly placement: 'anchored' | 'random';
      }
    | undefined;
  readonly limits: {
    /** Longest side of an export in pixels; Infinity for none. */
    readonly maxSide: number;
    readonly allowUpscaling: boolean;
    readonly interpolation: Interpolation;
    /** Decoded pixels of one request, in bytes. */
    readonly maxDecodedBytes: number;
    /** Quality layers of JPEG 2000 decoded at most. */
    readonly maxLayers: MaxLayers;
  };
  readonly caches: {
    /** Encoded images kept in the memory of each worker, in bytes; 0 for none. */
    readonly imageBytes: number;
    /** Opened images kept by each worker; 0 for none, Infinity for no limit. */
    readonly sourceCount: number;
    /** How long an opened file is trusted before it is looked at again, in milliseconds. */
    readonly checkIntervalMs: number;
    readonly redis: { readonly url: string; readonly prefix: string; readonly ttlSeconds: number } | undefined;
  };
  /** Pyramids of flat images; undefined for none. */
  readonly derivatives: DerivativeConfig | undefined;
  /** Where metrics can be had; undefined for nowhere. */
  readonly metricsPort: number | undefined;
  readonly http: {
    readonly cors: '*' | 'off' | readonly string[];
    /** The header's value; empty for no header. */
    readonly cacheControl: string;
    /** What public addresses begin with, its last `/` included. */
    readonly baseUrl: string | undefined;
    /** Peers that may say how they were addressed themselves; none where it is empty. */
    readonly trustedProxies: readonly string[];
    /** Further paths under which protocols are served. */
    readonly uriMap: readonly UriMapping[];
    /** Pixels of each neighbour that Deep Zoom tiles show. */
    readonly deepZoomOverlap: number;
  };
  readonly iiif: {
    readonly defaultVersion: 2 | 3;
    /** What separates identifier and page; empty for no pages. */
    readonly pageDelimiter: string;
    /** Whether qualities are offered that the specification does not know. */
    readonly hasExtensions: boolean;
    /** Added to every description. */
    readonly extra: InfoMembers;
  };
  /** Server processes. */
  readonly workers: number;
  /** I/O threads of each worker. */
  readonly threads: number;
  readonly log: {
    /** 0 nothing, 1 start and errors, 2 every request as well, 3 and more further details. */
    readonly verbosity: number;
    /** Undefined for standard error. */
    readonly file: string | undefined;
  };
  /** One line for each setting that was accepted without having its effect. */
  readonly notices: readonly string[];
}

/** Where pyramids of flat images are kept. */
export interface DerivativeConfig {
  /** Empty, until the server starts, for the usual place. */
  readonly folder: string;
  readonly maxBytes: number;
}

/** What the start needs to know besides. */
export interface StartConfig extends Config {
  /** Whether missing sample images are drawn. */
  readonly drawSamples: boolean;
}
