import { CorruptSource } from '../../image/errors.ts';
import type { ExpectedPixels } from '../decode-tools.ts';
import { memoryBytes } from '../memory-bytes.ts';
import { areaRequest, codedWindow } from './area-plan.ts';
import { readBoxes } from './boxes.ts';
import type { Jpeg2000Codec } from './codec-pool.ts';
import type { SampleFormat } from './decode-job.ts';
import { baseGrid } from './level-grid.ts';
import { readMainHeader } from './main-header.ts';

/** How a picture that lies in memory is to be taken. */
export interface PictureDecoding {
  readonly codec: Jpeg2000Codec;
  readonly expected: ExpectedPixels;
  /** Of a sample in what is returned, whatever the codestream has. */
  readonly bits: SampleFormat['bits'];
  /** Whether its components are luma and chroma, whatever its boxes say, unless the codestream transforms colours. */
  readonly isYcc: boolean;
}

/**
 * Decodes a whole picture, the size being what its header must declare.
 *
 * @param stored - a codestream, with or without boxes around it
 * @throws CorruptSource, UnsupportedSource
 */
export async function decodePicture(stored: Uint8Array, decoding: PictureDecoding): Promise<Uint8Array> {
  const { codec, expected, bits, isYcc } = decoding;
  const { codestream } = await readBoxes(memoryBytes(stored), stored);
  const bytes = stored.slice(codestream.offset, codestream.offset + codestream.byteLength);
  const { grid, style } = await readMainHeader(memoryBytes(bytes), { offset: 0, byteLength: bytes.length });
  const format: SampleFormat = {
    components: Array.from({ length: expected.bands }, (_, component) => component),
    bits,
    isWidened: true,
    recolours: isYcc && !style.transformsColours ? [{ kind: 'ycc' }] : [],
  };
  const base = baseGrid(grid, format.components);
  const { width, height } = base.area;
  if (width !== expected.width || height !== expected.height || grid.components.length < expected.bands) {
    throw new CorruptSource(`JPEG 2000 of ${width} x ${height} with ${grid.components.length} components`);
  }
  const window = codedWindow(base, { x: 0, y: 0, width, height }, { reduction: 0, layers: 0 });
  const part = { input: { kind: 'bytes', bytes }, request: areaRequest(grid, base, window), left: 0, top: 0 } as const;
  const { signal } = new AbortController(); // who waits for a tile of a TIFF cannot say that it has left
  const pixels = await codec.decode(
    async () => ({ kind: 'decode', size: { width, height }, parts: [part], ...format }),
    signal,
  );
  return new Uint8Array(pixels ?? new ArrayBuffer(0));
}
