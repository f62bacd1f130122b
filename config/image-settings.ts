import type { Colour } from '../image/colour.ts';
import { type InfoMembers, parseInfoMembers } from '../image/info-members.ts';
import type { Setting } from './setting.ts';
import { integer, LARGEST_INTEGER, namedOrNumbered, numbered, oneOf, parsedBy, text, toggle } from './value-type.ts';
import { WATERMARK_SETTINGS } from './watermark-settings.ts';

const MEBIBYTE = 2 ** 20;
const TEBIBYTE = 2 ** 40;

/** What is written whatever the version of Node.js. A default that the encoder refuses would make every TIFF an error. */
const WRITABLE = numbered(['none', 'lzw', 'deflate', 'jpeg', 'webp']);
const WRITABLE_COMPRESSION: typeof WRITABLE = {
  ...WRITABLE,
  allowed: `${WRITABLE.allowed}; 5 (zstd) only by request, as in QLT=zstd:3, and from Node.js 22.15 on`,
};

/** Settings of the images: how they are encoded, limited and described. */
export const IMAGE_SETTINGS = {
  jpegQuality: {
    name: 'JPEG_QUALITY',
    group: 'Encoding',
    type: integer(1, 100),
    default: '75',
    description: 'Quality of JPEG where the request names none.',
  },
  pngLevel: {
    name: 'PNG_QUALITY',
    group: 'Encoding',
    type: integer(0, 9),
    default: '1',
    description: 'Compression level of PNG: 0 none, 9 smallest.',
  },
  webpQuality: {
    name: 'WEBP_QUALITY',
    group: 'Encoding',
    type: integer(-1, 100),
    default: '50',
    description: 'Quality of WebP; -1 is lossless.',
  },
  avifQuality: {
    name: 'AVIF_QUALITY',
    group: 'Encoding',
    type: integer(-1, 100),
    default: '50',
    description: 'Quality of AVIF; -1 is lossless.',
  },
  avifCodec: {
    name: 'AVIF_CODEC',
    group: 'Encoding',
    type: numbered(['auto', 'aom', 'rav1e', 'svt']),
    default: '0',
    description: 'Encoder for AVIF; the only one here is aom.',
    notice: (given) => (Number(given) > 1 ? 'accepted, but AVIF is encoded by aom: there is no other here' : undefined),
  },
  tiffCompression: {
    name: 'TIFF_COMPRESSION',
    group: 'Encoding',
    type: WRITABLE_COMPRESSION,
    default: '2',
    description: 'Compression of TIFF where the request names none.',
  },
  tiffQuality: {
    name: 'TIFF_QUALITY',
    group: 'Encoding',
    type: integer(0, 100),
    default: '1',
    description: 'Quality of JPEG and WebP in TIFF, or level of Deflate, which is at most 9.',
  },
  outputDepth: {
    name: 'OUTPUT_DEPTH',
    group: 'Encoding',
    type: oneOf([8, 'native']),
    default: '8',
    description:
      'Bits of a sample where the request names none: native keeps 16 of deeper images in PNG and TIFF, and 10 or 12 in AVIF.',
  },
  passthrough: {
    name: 'CODEC_PASSTHROUGH',
    group: 'Encoding',
    type: toggle(),
    default: '1',
    description: 'Whether stored tiles are sent as they are where the request allows it.',
  },
  maxIcc: {
    name: 'MAX_ICC',
    group: 'Encoding',
    type: integer(-1, LARGEST_INTEGER),
    default: '65536',
    unit: 'bytes',
    description: 'Colour profiles smaller than this are embedded; 0 never, -1 always.',
  },
  embedIcc: {
    name: 'EMBED_ICC',
    group: 'Encoding',
    type: toggle(),
    default: '1',
    description: 'Older form of MAX_ICC: 0 never embeds colour profiles.',
  },
  colour: {
    name: 'COLOUR',
    group: 'Encoding',
    type: oneOf(['keep', 'srgb']),
    default: 'keep',
    description: 'Whether RGB keeps the colours of its profile, or is converted to sRGB and needs none.',
  },
  matte: {
    name: 'MATTE',
    group: 'Encoding',
    type: parsedBy('a colour such as #ffffff', parseColour),
    default: '#ffffff',
    description: 'What transparent pixels are laid upon in formats without transparency.',
  },
  maxSide: {
    name: 'MAX_CVT',
    group: 'Limits and processing',
    type: integer(-1, LARGEST_INTEGER),
    default: '5000',
    unit: 'pixels',
    description: 'Longest side of an export; 0 is the default, -1 sets no limit. Tiles are not limited.',
  },
  allowUpscaling: {
    name: 'ALLOW_UPSCALING',
    group: 'Limits and processing',
    type: toggle(),
    default: '1',
    description: 'Whether an export may have more pixels than its region.',
  },
  interpolation: {
    name: 'INTERPOLATION',
    group: 'Limits and processing',
    type: namedOrNumbered(['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'], 2),
    default: '1',
    description: 'How exports are scaled.',
  },
  orientation: {
    name: 'ORIENTATION',
    group: 'Limits and processing',
    type: oneOf(['apply', 'ignore']),
    default: 'apply',
    description: 'Whether images are turned upright as their files say.',
  },
  maxDecodedBytes: {
    name: 'MAX_DECODED_BYTES',
    group: 'Limits and processing',
    type: integer(MEBIBYTE, TEBIBYTE),
    default: '335544320',
    unit: 'bytes',
    description:
      'Decoded pixels that one request may need. The default lets 5000 x 5000 pixels of 8-bit RGB succeed from any ' +
      'pyramid that halves its levels.',
  },
  maxLayers: {
    name: 'MAX_LAYERS',
    group: 'Limits and processing',
    type: integer(-1, 65_535),
    default: '0',
    unit: 'layers',
    description: 'Quality layers of JPEG 2000 to decode at most: 0 half of them, or as many as a request says; -1 all.',
  },
  kakaduReadMode: {
    name: 'KAKADU_READMODE',
    group: 'Limits and processing',
    type: numbered(['fast', 'fussy', 'resilient']),
    default: '0',
    description: 'How the Kakadu library reads damaged JPEG 2000 files.',
    status: 'no-counterpart',
  },
  iiifVersion: {
    name: 'IIIF_VERSION',
    group: 'IIIF',
    type: oneOf([2, 3]),
    default: '3',
    description: 'Version of the IIIF Image API where the address names none.',
  },
  iiifDelimiter: {
    name: 'IIIF_DELIMITER',
    group: 'IIIF',
    type: text('text', /^[^\p{Cc}]*$/u),
    default: '',
    description:
      'What stands between an identifier and a page number, counted from 0; the last in an address counts. Empty offers ' +
      'no pages.',
  },
  iiifExtraInfo: {
    name: 'IIIF_EXTRA_INFO',
    group: 'IIIF',
    type: parsedBy('members of a JSON object, such as "preferredFormats": ["webp"]', parseMembers),
    default: '',
    description:
      'Members to add to info.json: preferredFormats, rights, partOf, seeAlso, service and others, of version 2 ' +
      'attribution, license and logo. A file NAME.info.json beside an image adds to it alone.',
    problemOf: infoProblem,
  },
  iiifExtensions: {
    name: 'IIIF_EXTENSIONS',
    group: 'IIIF',
    type: toggle(),
    default: '0',
    description: 'Additional qualities: negative, stretch, equalization and log.',
  },
  copyright: {
    name: 'COPYRIGHT',
    group: 'IIIF',
    type: text('text', /^[^\p{Cc}]*$/u),
    default: '',
    description: 'Rights statement of images that have none of their own.',
  },
  ...WATERMARK_SETTINGS,
} as const satisfies Record<string, Setting>;

function parseColour(given: string): Colour | undefined {
  const digits = /^#(?<digits>[\da-f]{6})$/i.exec(given)?.groups?.digits;
  if (digits === undefined) return undefined;
  const value = Number.parseInt(digits, 16);
  return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
}

function parseMembers(given: string): InfoMembers | undefined {
  return infoProblem(given) === undefined ? parseInfoMembers(given) : undefined;
}

function infoProblem(given: string): string | undefined {
  try {
    parseInfoMembers(given);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
