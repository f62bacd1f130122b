/** One component of a JPEG frame, with tables of its own. */
export interface JpegComponent {
  readonly sampling: { readonly horizontal: number; readonly vertical: number };
  /** 64 factors in zigzag order. */
  readonly quantisation: Uint8Array;
  /** 16 counts of codes and what these stand for. */
  readonly dc: Uint8Array;
  readonly ac: Uint8Array;
}

const START = [0xff, 0xd8];
const DQT = 0xdb;
const DHT = 0xc4;
const DRI = 0xdd;
const SOF0 = 0xc0;
const SOS = 0xda;
const PRECISION = 8;

/** AC tables are told from DC tables by this bit of their number. */
const AC = 16;

/**
 * A baseline JPEG stream up to the data of its only scan, with a height of 0.
 *
 * @see ITU-T T.81 annex B
 */
export function jpegHeading(
  components: readonly JpegComponent[],
  { width, restartInterval }: { readonly width: number; readonly restartInterval: number },
): Uint8Array {
  const tables = components.flatMap(({ quantisation, dc, ac }, index) => [
    ...segment(DQT, [index, ...quantisation]),
    ...segment(DHT, [index, ...dc]),
    ...segment(DHT, [index + AC, ...ac]),
  ]);
  const frame = components.flatMap(({ sampling }, index) => [
    index + 1,
    sampling.horizontal * 16 + sampling.vertical,
    index,
  ]);
  const scan = components.flatMap((_, index) => [index + 1, index * 17]);
  return Uint8Array.from([
    ...START,
    ...tables,
    ...(restartInterval > 0 ? segment(DRI, word(restartInterval)) : []),
    ...segment(SOF0, [PRECISION, ...word(0), ...word(width), components.length, ...frame]),
    ...segment(SOS, [components.length, ...scan, 0, 63, 0]),
  ]);
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, ...word(body.length + 2), ...body];
}

function word(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}
