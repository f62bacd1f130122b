/** The flat colours that the test picture is made of, as 8-bit RGB. */
export const COLOURS = {
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  white: [255, 255, 255],
  black: [0, 0, 0],
} as const;

/** The pixel expected at a place: a colour by name, or its samples, of which the last may be opacity. */
export type Spot = readonly [x: number, y: number, colour: keyof typeof COLOURS | readonly number[]];

/** How the server of a check is set, by the name of one of `SERVERS`. */
export type ServerName = keyof typeof SERVERS;

/** The environments of the servers that checks are made on; all serve the same folder. */
export const SERVERS = {
  plain: {},
  atMost200: { MAX_CVT: '200' },
  atMost360: { MAX_CVT: '360' },
  fixed: { ALLOW_UPSCALING: '0' },
  extended: { IIIF_EXTENSIONS: '1' },
  older: { IIIF_VERSION: '2' },
  matte: { MATTE: '#103060' },
  pages: { IIIF_DELIMITER: ';page=' },
  below: { BASE_URL: 'https://example.org/image-service/' },
  trusting: { TRUSTED_PROXIES: 'loopback' },
  listed: { CORS: 'https://viewer.example,https://other.example' },
  added: {
    IIIF_EXTRA_INFO:
      '"@context": "https://example.org/context1.json", "preferredFormats": ["webp", "png", "bmp"], ' +
      '"rights": "http://rightsstatements.org/vocab/InC-EDU/1.0/", ' +
      '"seeAlso": [{"id": "https://example.org/image1.xml", "type": "Dataset", "format": "text/xml"}], ' +
      '"partOf": [{"id": "https://example.org/manifest/1", "type": "Manifest"}], "attribution": "Example", ' +
      '"service": [{"id": "https://example.org/service/example", "type": "Service"}]',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** One sentence of a specification, as a request and what has to come of it. */
export interface Check {
  /** The version and section it is taken from. */
  readonly section: string;
  readonly url: string;
  readonly on?: ServerName;
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** 200 where nothing is said. */
  readonly status?: number;
  /** Of the image, as `width`x`height`. */
  readonly size?: string;
  readonly spots?: readonly Spot[];
  /** By how much a sample may differ; 0 where nothing is said. */
  readonly tolerance?: number;
  /** Headers of the answer; null for one that must not be there. */
  readonly has?: Readonly<Record<string, string | null>>;
  /** Members of the document by their paths, as in `tiles.0.width`; undefined for one that must not be there. */
  readonly info?: Readonly<Record<string, unknown>>;
  /** What the body has to be; a pattern where it is a part of it. */
  readonly body?: string | RegExp;
}
