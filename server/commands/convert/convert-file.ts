import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DecodeTools } from '../../../codecs/decode-tools.ts';
import { isFlat, stagePicture, withStagedPixels } from '../../../codecs/flat/stage-picture.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { turnUpright } from '../../../codecs/oriented-source.ts';
import type { SourceFormat } from '../../../codecs/source-format.ts';
import {
  type PyramidCompression,
  type PyramidTools,
  pyramidFormat,
  suitableCompression,
} from '../../../codecs/tiff-writer/pyramid-format.ts';
import { writePyramid } from '../../../codecs/tiff-writer/write-pyramid.ts';
import { untilAborted } from '../../../codecs/until-aborted.ts';
import type { Size } from '../../../image/geometry.ts';
import type { ImageSource } from '../../../image/source.ts';
import { createFileBytes } from '../../sources/file-bytes.ts';
import { type BytePath, bytesOfPath, shownPath, toBytePath } from '../byte-path.ts';
import { type InputFile, openInput } from '../open-input.ts';
import type { ConvertOptions } from './options.ts';
import { outputState, temporaryPath, writeOutput } from './output-file.ts';
import type { Job } from './plan.ts';

/** What converting takes. */
export interface ConvertTools {
  readonly decode: DecodeTools;
  readonly encode: PyramidTools;
  readonly formats: readonly SourceFormat[];
}

/** What was made of a file. */
export interface Converted {
  readonly size: Size;
  readonly compression: PyramidCompression;
  /** Of the pyramid. */
  readonly byteLength: number;
  /** How many the file has. */
  readonly pages: number;
}

/** What converting a file takes. */
export interface ConvertNeeds {
  readonly options: ConvertOptions;
  readonly tools: ConvertTools;
  readonly signal: AbortSignal;
  /** Told the part that is done, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** Version of the way pyramids are written: those of another one are written again. */
const EDITION = 1;

/**
 * Makes the pyramid of one image. It is in its place when it is complete, or not at all.
 *
 * @returns undefined where it is there already and the image has not changed since
 * @throws ImageError, what the file system says, and the signal's reason
 */
export async function convertFile(job: Job, needs: ConvertNeeds): Promise<Converted | undefined> {
  const { options, tools } = needs;
  const file = await openInput(job.input, { tools: tools.decode, formats: tools.formats });
  try {
    const key = keyOf(job.input, file, options);
    const state = await outputState(job.output, key);
    if (state === 'current') return undefined;
    if (state === 'foreign') throw new Error(`${shownPath(job.output)} is there and was not made by mezzotint convert`);
    const page = await pageOf(file.source, options.page);
    return await convertPage({ job, file, page, key }, needs);
  } finally {
    await file.close();
  }
}

/** What a pyramid depends on. The image's place is part of it: files unpacked from archives share sizes and times. */
function keyOf(input: BytePath, { size, mtimeNs, source }: InputFile, options: ConvertOptions): string {
  const { tileSide, compression, quality, hasSubIfds, page } = options;
  const image = [resolve(input), source.digest];
  const state = [EDITION, ...image, size, mtimeNs, tileSide, compression, quality, hasSubIfds, page].join('\n');
  return createHash('sha256').update(state).digest('hex').slice(0, 40);
}

/** @throws Error where there is no such page */
async function pageOf(source: ImageSource, index: number): Promise<ImageSource> {
  const count = source.pages?.labels.length ?? 1;
  if (index >= count)
    throw new Error(`it has no page ${index}: ${count === 1 ? 'the only one is 0' : `they are 0 to ${count - 1}`}`);
  return index === 0 || !source.pages ? source : source.pages.open(index);
}

interface Conversion {
  readonly job: Job;
  readonly file: InputFile;
  readonly page: ImageSource;
  readonly key: string;
}

async function convertPage({ job, file, page, key }: Conversion, needs: ConvertNeeds): Promise<Converted> {
  const { options, tools, signal, onProgress } = needs;
  const isLossy = page.storage?.[0]?.isLossy ?? false;
  const compression = options.compression === 'auto' ? suitableCompression(page.layout, isLossy) : options.compression;
  const quality = options.compression === 'auto' && compression !== 'jpeg' ? undefined : options.quality;
  const order = { compression, quality, tileSide: options.tileSide, hasSubIfds: options.hasSubIfds };
  pyramidFormat(page.layout, order, tools.encode); // what it refuses is refused before anything is decoded
  const byteLength = await withWindows(page, { file, needs }, async (readable) => {
    const source = turnUpright(readable);
    const temporary = temporaryPath(dirname(job.output), 0);
    return writeOutput({ path: job.output, temporary, key }, async (sink) => {
      await writePyramid(source, sink, { order, tools: tools.encode, signal, onProgress });
      if (!(await file.isUnchanged())) throw new Error('it was replaced while it was read');
    });
  });
  const [{ width, height }] = page.levels;
  return { size: { width, height }, compression, byteLength, pages: file.source.pages?.labels.length ?? 1 };
}

/** Hands over an image of which windows can be read without decoding all of it: a flat picture is laid out on the disk. */
async function withWindows<T>(
  page: ImageSource,
  { file, needs }: { readonly file: InputFile; readonly needs: ConvertNeeds },
  use: (source: ImageSource) => Promise<T>,
): Promise<T> {
  if (!isFlat(page)) return use(page);
  const { options, tools, signal } = needs;
  const path: BytePath = temporaryPath(toBytePath(options.folder), 1);
  try {
    const staging = stagePicture(
      { ...page, ...(file.source.pages && { pages: file.source.pages }) },
      { from: file.path, to: shownPath(path), page: options.page },
    );
    await untilAborted(staging, signal);
    return await useStaged(page, path, tools.decode, use);
  } finally {
    await rm(bytesOfPath(path), { force: true });
  }
}

async function useStaged<T>(
  page: ImageSource,
  path: BytePath,
  decode: DecodeTools,
  use: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const staged = await open(bytesOfPath(path));
  try {
    const { size } = await staged.stat();
    return await use(withStagedPixels(page, await openSource(createFileBytes(staged.fd, size, decode.pool), decode)));
  } finally {
    await staged.close();
  }
}
