const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes as people read it, in powers of ten. */
export function readableBytes(byteLength: number): string {
  if (byteLength < 1000) return `${byteLength} bytes`;
  const power = Math.min(UNITS.length, Math.floor(Math.log10(byteLength) / 3));
  return `${(byteLength / 1000 ** power).toFixed(1)} ${UNITS[power - 1]}`;
}
