/** A Debian package that tests need, and a command that is there once it is installed. */
export interface DebianPackage {
  readonly name: string;
  readonly command: string;
}

/** Everything the tests use beyond npm: independent judges of our pixels, and real neighbours to talk to. */
export const TEST_PACKAGES: readonly DebianPackage[] = [
  { name: 'chromium', command: 'chromium' },
  { name: 'imagemagick', command: 'convert' },
  { name: 'libimage-exiftool-perl', command: 'exiftool' },
  { name: 'libopenjp2-tools', command: 'opj_compress' },
  { name: 'libtiff-tools', command: 'tiffset' },
  { name: 'libvips-tools', command: 'vips' },
  { name: 'nginx', command: 'nginx' },
  { name: 'openjph-tools', command: 'ojph_compress' },
  { name: 'poppler-utils', command: 'pdftoppm' },
  { name: 'redis-server', command: 'redis-server' },
];
