import { COLUMNS, cellsOf, MATRIX } from './matrix-table.ts';

/** The manual's page of TIFFs that are read. */
export function matrixPage(): string {
  const rows = MATRIX.map((variant) => line(cellsOf(variant)));
  return `# TIFF files that are read

<!-- Written by \`npm run docs\` from the table of the tests: do not edit. -->

Every row is a file that the tests make, with the tool in the last column, and compare with what was stored: the whole
level, single tiles, those at the edges, and the picture at half its size. What a tool wrote has to be for libvips, too, what the tool
was given. Lossless compressions have to be exact, lossy ones
may differ by one level of 256 on average from what libvips decodes. Kinds and compressions combine freely where the format lets them.

Beyond the table: unsigned samples of any depth from 1 to 16 bits; tiles of any size; levels in directories or SubIFDs, of
any ratio; strips and single levels; old-style JPEG (compression 6), whether its tables are named by tags or by
JPEGInterchangeFormat, in planes only as the scans of one such stream, and without StripByteCounts where there is such a stream:
all that libtiff reads; JPEG 2000 of 8 to 16 bits under the numbers of Aperio (33003, 33005), Bio-Formats (33004) and LEADTOOLS (34712);
masks, labels and thumbnails beside the pyramid are passed over. Not read, each with an error that names it: LZMA, LERC, JPEG XL and
JBIG compression, old-style LZW, lossless old-style JPEG, JPEG of 12 bits, bands of different depths, complex numbers, 64-bit integers, LogLuv, ITULAB.

What is shown of deeper samples: 16 bits lose their lower byte, or are scaled from SMinSampleValue to SMaxSampleValue where the
file has them; 32-bit integers and real numbers are scaled by these tags or by the lowest and the highest sample of the
coarsest level, which is read for this once. A TIFF of one level and 4 megapixels or more gets reduced levels from the start, means
of 2 × 2 pixels, unless \`DERIVATIVES\` is off ([flat-images.md](flat-images.md)); then its only level is the coarsest. Where the coarsest level
takes more than 256 MiB of samples (64 megapixels of one band, 21 of RGB), only nine squares of 512 pixels spread over it are looked at, and
what lies between them may come out as if it were black or white: write SMinSampleValue and SMaxSampleValue, or a pyramid
([convert.md](convert.md)), or let \`DERIVATIVES\` build one. No number and infinity are black, and so is what GDAL marks as missing. CMYK goes through the file's colour
profile. Of several grey bands the first three are shown as red, green and blue; opacity may be any extra sample. 8 bits are shown as they are; what these tags
say of them is what operations on values begin with ([iip.md](iip.md)). A white that is missing or 0 is that of the type.

${line(COLUMNS)}
${line(COLUMNS.map(() => '---'))}
${rows.join('\n')}
`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
