import { createHash } from 'node:crypto';
import { isInside, type Size } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, Level, Pyramid } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { codedWindow } from './area-plan.ts';
import { createBlockReader, type DecodeWindow } from './block-reader.ts';
import { type Jp2File, readBoxes } from './boxes.ts';
import { type ColourModel, readColourModel } from './colour-model.ts';
import { type BaseGrid, baseGrid, type LevelSize, levelSizes, reduceArea, TILE } from './level-grid.ts';
import { type MainHeader, readMainHeader } from './main-header.ts';
import { createJp2Metadata } from './metadata.ts';
import { createSlicer, type SlicerNeeds } from './slicer.ts';
import { describeCodestream, storedLevels } from './stored-levels.ts';
import { createWindowReader, type ReadWindow } from './window-reader.ts';

/** Side of the blocks that are decoded at once, in pixels, where the tiles of the codestream do not tell. */
const BLOCK_SIDE = 512;
/** Tiles of a codestream up to this side are decoded as a whole. */
const MOST_TILE_SIDE = 1536;

/** Blocks decoded side by side for one window. */
const CONCURRENCY = 2;

/**
 * Opens a JP2, JPX or JPH file or a codestream without boxes. Only headers are read.
 *
 * @param head - the first bytes of the file
 * @throws CorruptSource, UnsupportedSource
 */
export async function openJpeg2000(bytes: ByteSource, tools: DecodeTools, head: Uint8Array): Promise<ImageSource> {
  const file = await readBoxes(bytes, head);
  const header = await readMainHeader(bytes, file.codestream);
  const model = readColourModel(file.header, header.grid.components);
  const base = baseGrid(header.grid, model.format.components);
  const sizes = levelSizes(base, header.style.decompositions);
  const [full, ...reduced] = sizes.map((size) => ({ width: size.width, height: size.height, tile: TILE }));
  const levels = pyramidOf([full ?? { ...sizes[0], tile: TILE }, ...reduced]);
  const opened = { bytes, tools, file, header, model, base };
  return createSource(opened, levels, sizes);
}

interface Opened {
  readonly bytes: ByteSource;
  readonly tools: DecodeTools;
  readonly file: Jp2File;
  readonly header: MainHeader;
  readonly model: ColourModel;
  readonly base: BaseGrid;
}

function createSource(opened: Opened, levels: Pyramid, sizes: readonly LevelSize[]): ImageSource {
  const { bytes, tools, file, header, model } = opened;
  const { layout } = model;
  const image = tools.jpeg2000.nextImage();
  const prefix = `${image}:`;
  const read = createReading(opened, { image, prefix }, sizes);
  const sizeOf = new Map<Level, LevelSize | undefined>(levels.map((level, index) => [level, sizes[index]]));
  const described = { file, stored: model.profile, photometric: layout.photometric };
  const { blocks, indexes, precincts } = tools.jpeg2000;
  let closing: Promise<void> | undefined;
  return {
    format: 'jpeg2000',
    digest: digestOf(file, header),
    levels,
    layout,
    storage: storedLevels(header, sizes, (level) => blockSize(header, opened.base, level)),
    codestream: () => describeCodestream(header, bytes),
    orientation: 1,
    ...(header.style.layers > 1 && { layers: header.style.layers }),
    ...createJp2Metadata(bytes, described),
    async read(level, window, signal, layers = 0) {
      const size = sizeOf.get(level);
      if (!size) throw new RangeError('level of another source');
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      return read({ level: size, window, layers: Math.min(layers, header.style.layers) }, signal);
    },
    encodedTile: async () => undefined,
    close() {
      for (const cache of [blocks, indexes, precincts]) cache.forget(prefix);
      closing ??= bytes.close();
      return closing;
    },
  };
}

function createReading(
  opened: Opened,
  names: Pick<SlicerNeeds, 'image' | 'prefix'>,
  sizes: readonly LevelSize[],
): ReadWindow {
  const { bytes, tools, header, model, base } = opened;
  const { codec, blocks: cache } = tools.jpeg2000;
  const slicer = createSlicer({ header, base, bytes, tools, ...names });
  const decode: DecodeWindow = ({ level, window, layers }, signal, isOvertaken = () => false) =>
    tools.watch.run(bytes.file, 'thread', () =>
      codec.decode(
        async () => {
          if (isOvertaken()) return undefined;
          const parts = await slicer.partsOf(codedWindow(base, window, { reduction: level.reduction, layers }), signal);
          return { kind: 'decode', size: { width: window.width, height: window.height }, parts, ...model.format };
        },
        signal,
        slicer.read,
      ),
    );
  return createWindowReader({
    blocks: createBlockReader({
      prefix: names.prefix,
      cache,
      decode,
      blockOf: (level) => blockSize(header, base, level),
    }),
    layout: model.layout,
    tools,
    finest: (level) => sizes.find(({ reduction, shrink }) => shrink === 1 && reduction === level.reduction) ?? level,
    concurrency: CONCURRENCY,
  });
}

/** As many whole tiles of the codestream as make about a block, so that none is decoded twice. */
function blockSize({ grid }: MainHeader, { step }: BaseGrid, { reduction }: LevelSize): Size {
  const tile = reduceArea({ ...grid.tile, x: 0, y: 0 }, reduction);
  const sideOf = (length: number, scale: number) => {
    const side = length / scale;
    return Number.isInteger(side) && side <= MOST_TILE_SIDE
      ? side * Math.max(1, Math.floor(BLOCK_SIDE / side))
      : BLOCK_SIDE;
  };
  return { width: sideOf(tile.width, step.x), height: sideOf(tile.height, step.y) };
}

/** Of everything that describes the image. */
function digestOf(file: Jp2File, { segments, range }: MainHeader): string {
  const hash = createHash('sha256').update(`${range.offset},${range.byteLength}`);
  for (const { type, content } of file.header) hash.update(type).update(content);
  for (const { bytes } of segments) hash.update(bytes);
  return hash.digest('hex').slice(0, 16);
}
