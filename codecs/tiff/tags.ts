/** The tags read here. @see TIFF 6.0 §8, BigTIFF and the private tags of libtiff */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  documentName: 269,
  imageDescription: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  t4Options: 292,
  t6Options: 293,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subIfds: 330,
  extraSamples: 338,
  sampleFormat: 339,
  minSampleValue: 340,
  maxSampleValue: 341,
  jpegTables: 347,
  jpegProcess: 512,
  jpegStreamOffset: 513,
  jpegStreamLength: 514,
  jpegRestartInterval: 515,
  jpegQuantisationTables: 519,
  jpegDcTables: 520,
  jpegAcTables: 521,
  ycbcrCoefficients: 529,
  ycbcrSubsampling: 530,
  stoNits: 37439,
  referenceBlackWhite: 532,
  noData: 42113,
} as const;

/** Bits of NewSubfileType. */
export const SUBFILE = { reducedResolution: 1, page: 2, mask: 4 } as const;

export const PHOTOMETRIC = {
  minIsWhite: 0,
  minIsBlack: 1,
  rgb: 2,
  palette: 3,
  separated: 5,
  ycbcr: 6,
  cielab: 8,
  icclab: 9,
} as const;

/** The compression of TIFF 6.0 that JPEG, with number 7, has replaced. */
export const OLD_JPEG = 6;

const PHOTOMETRIC_NAMES: ReadonlyMap<number, string> = new Map([
  [3, 'palette'],
  [4, 'transparency mask'],
  [5, 'separated (CMYK)'],
  [6, 'YCbCr'],
  [8, 'CIELAB'],
  [9, 'ICCLAB'],
  [10, 'ITULAB'],
  [32803, 'colour filter array'],
  [32844, 'LogL'],
  [32845, 'LogLuv'],
]);

const COMPRESSION_NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'CCITT modified Huffman'],
  [3, 'CCITT group 3'],
  [4, 'CCITT group 4'],
  [32766, 'NeXT'],
  [32809, 'ThunderScan'],
  [34661, 'JBIG'],
  [34676, 'SGI Log'],
  [34887, 'LERC'],
  [34925, 'LZMA'],
  [34933, 'PNG'],
  [34934, 'JPEG XR'],
  [50002, 'JPEG XL'],
  [52546, 'JPEG XL'],
]);

/** A photometric interpretation that is not read, in TIFF's own words. */
export function describePhotometric(value: number): string {
  return `photometric interpretation ${PHOTOMETRIC_NAMES.get(value) ?? value}`;
}

/** A compression that is not read, in TIFF's own words. */
export function describeCompression(value: number): string {
  const name = COMPRESSION_NAMES.get(value);
  return name ? `compression ${name} (${value})` : `compression ${value}`;
}
