import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CorruptSource, type ErrorCode, ImageError, UnsupportedSource } from '../image/errors.ts';
import { isSameSize } from '../image/geometry.ts';
import type { ImageSource } from '../image/source.ts';
import type { SourceFormat } from './source-format.ts';

/** A module cannot be used; the message is one line for the operator. */
export class DecoderModuleProblem extends Error {}

/**
 * Loads formats from ES modules, each of which exports one as `format`. What goes wrong in them later is a damaged image,
 * never more.
 *
 * @param paths - relative ones start from the folder the process runs in
 * @throws DecoderModuleProblem
 */
export async function loadDecoderModules(paths: readonly string[]): Promise<SourceFormat[]> {
  const formats: SourceFormat[] = [];
  for (const path of paths) formats.push(guarded(await loadFormat(path)));
  return formats;
}

async function loadFormat(path: string): Promise<SourceFormat> {
  const exported: unknown = await import(pathToFileURL(resolve(path)).href).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DecoderModuleProblem(`DECODER_MODULES: ${path} cannot be loaded: ${reason}`, { cause: error });
  });
  const format = isObject(exported) && 'format' in exported ? exported.format : undefined;
  if (isFormat(format)) return format;
  throw new DecoderModuleProblem(
    `DECODER_MODULES: ${path} exports no "format" with a name and the functions recognises and open`,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFormat(value: unknown): value is SourceFormat {
  if (!isObject(value) || !('name' in value && 'recognises' in value && 'open' in value)) return false;
  return typeof value.name === 'string' && typeof value.recognises === 'function' && typeof value.open === 'function';
}

/** The same format, its failures being those of an image. */
function guarded(format: SourceFormat): SourceFormat {
  const { name } = format;
  return {
    name,
    isRisky: true,
    recognises(head) {
      try {
        return format.recognises(head) === true;
      } catch (error) {
        throw failure(name, error);
      }
    },
    async open(bytes, tools, head) {
      try {
        const source = checkSource(await format.open(bytes, tools, head));
        return guardedSource(name, source, (read) => tools.watch.run(bytes.file, 'process', read));
      } catch (error) {
        throw failure(name, error);
      }
    },
  };
}

/** Modules need not speak of what their files do not have. */
type ModuleSource = Omit<ImageSource, Optional> & Partial<Pick<ImageSource, Optional>>;
type Optional = 'orientation' | 'profile' | 'metadata';

type Watch = <T>(read: () => Promise<T>) => Promise<T>;

function guardedSource(name: string, source: ModuleSource, watch: Watch): ImageSource {
  const { format, digest, levels, layout, ranges, orientation = 1 } = source;
  const fail = (error: unknown): never => {
    throw failure(name, error);
  };
  const failUnlessLeft = (signal: AbortSignal, error: unknown): never => {
    throw signal.aborted ? signal.reason : failure(name, error);
  };
  return {
    format,
    digest,
    levels,
    layout,
    ranges,
    ...(source.layers && { layers: source.layers }),
    orientation,
    profile: async () => source.profile?.().catch(fail),
    metadata: async () => (await source.metadata?.().catch(fail)) ?? { text: {} },
    async read(level, window, signal, layers) {
      signal.throwIfAborted();
      const reading = watch(async () => source.read(level, window, signal, layers));
      const pixels = await reading.catch((error) => failUnlessLeft(signal, error));
      const isWhole = isSameSize(pixels, window) && pixels.data.length === window.width * window.height * pixels.bands;
      if (!isWhole || pixels.bands !== layout.bands)
        throw new CorruptSource(`${name} gave other pixels than asked for`);
      return pixels;
    },
    async encodedTile(level, column, row, signal) {
      const reading = watch(async () => source.encodedTile(level, column, row, signal));
      return reading.catch((error) => failUnlessLeft(signal, error));
    },
    close: async () => source.close(),
  };
}

/** Everything that follows relies on these numbers. */
function checkSource(source: ImageSource): ImageSource {
  const isSound = source.levels.every(({ width, height, scaleFactor, tile }) =>
    [width, height, tile.width, tile.height, scaleFactor].every((number) => number >= 1 && number < 2 ** 31),
  );
  if (!isSound || source.levels.length === 0) throw new Error('it gives sizes that are none');
  if (!(source.layout.bands >= 1)) throw new Error('it gives no number of bands');
  return source;
}

/** Modules have no classes of ours: they say by a code that a file is sound but of a kind they do not read. */
const UNSUPPORTED: ErrorCode = 'unsupported-source';

function failure(name: string, error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  if (error instanceof Error && 'code' in error && error.code === UNSUPPORTED)
    return new UnsupportedSource(error.message);
  return new CorruptSource(`decoder module ${name}: ${error}`, { cause: error });
}
