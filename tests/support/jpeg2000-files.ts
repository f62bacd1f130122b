import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Size } from '../../image/geometry.ts';
import { runTool } from './vips-tool.ts';

/** Samples of several components, one plane after the other. */
export interface Planes extends Size {
  readonly components: number;
  readonly bits: number;
  readonly data: Uint16Array;
}

/** How a test file is made. */
export interface Jpeg2000Variant {
  readonly tool: 'opj' | 'ojph';
  /** Options of `opj_compress` or `ojph_compress`. */
  readonly options: string;
  readonly size?: Size;
  /** 3 where nothing is said. */
  readonly components?: number;
  /** 8 where nothing is said. */
  readonly bits?: number;
  readonly isSigned?: boolean;
  /** Ending of the file: jp2 where nothing is said, else j2k. */
  readonly ending?: 'jp2' | 'j2k' | 'jph' | 'j2c';
}

const SIZE: Size = { width: 301, height: 223 };

/** A picture with soft and with sharp parts, so that code-blocks of all kinds come about. */
export function drawPlanes(size: Size, components: number, bits: number): Planes {
  const data = new Uint16Array(size.width * size.height * components);
  const white = 2 ** bits - 1;
  let noise = 1;
  for (let index = 0; index < data.length; index++) {
    const x = index % size.width;
    const y = Math.floor(index / size.width) % size.height;
    const component = Math.floor(index / (size.width * size.height));
    noise = (noise * 1_103_515_245 + 12_345) % 2 ** 31;
    const wave = Math.sin(x / 37 + component) + Math.cos(y / 23 - component);
    const edge = (Math.floor(x / 40) + Math.floor(y / 50)) % 5 === 0 ? 0.2 : 0;
    const value = 0.5 + 0.18 * wave + edge + (noise / 2 ** 31 - 0.5) * 0.1;
    data[index] = Math.round(Math.min(1, Math.max(0, value)) * white);
  }
  return { ...size, components, bits, data };
}

/** @returns the path of the file */
export async function encodeJpeg2000(folder: string, name: string, variant: Jpeg2000Variant): Promise<string> {
  const { tool, options, size = SIZE, components = 3, bits = 8, isSigned = false } = variant;
  const planes = drawPlanes(size, components, bits);
  const file = join(folder, `${name}.${variant.ending ?? (tool === 'opj' ? 'jp2' : 'jph')}`);
  const words = options.split(' ').filter((word) => word !== '');
  if (tool === 'opj') {
    const source = join(folder, `${name}.rawl`);
    await writeFile(source, rawBytes(planes, isSigned));
    const shape = `${size.width},${size.height},${components},${bits},${isSigned ? 's' : 'u'}`;
    await runTool('opj_compress', '-i', source, '-F', shape, '-o', file, ...words);
  } else {
    const source = join(folder, `${name}.${components === 1 ? 'pgm' : 'ppm'}`);
    await writeFile(source, netpbm(planes));
    await runTool('ojph_compress', '-i', source, '-o', file, ...words);
  }
  return file;
}

/** What the tool that made the file decodes it to, after so many halvings. */
export async function decodeWithTool(file: string, tool: 'opj' | 'ojph', reduction: number): Promise<Planes> {
  if (tool === 'opj') return decodeWithOpj(file, reduction);
  const output = `${file}.${reduction}.ppm`;
  try {
    await runTool('ojph_expand', '-i', file, '-o', output, '-skip_res', String(reduction));
    return readNetpbm(await readFile(output));
  } catch {
    const gray = `${file}.${reduction}.pgm`;
    await runTool('ojph_expand', '-i', file, '-o', gray, '-skip_res', String(reduction));
    return readNetpbm(await readFile(gray));
  }
}

/** PGX is the one output that says what it holds; where there are several components, each has a file of its own. */
async function decodeWithOpj(file: string, reduction: number): Promise<Planes> {
  const folder = dirname(file);
  const stem = `${basename(file)}-${reduction}`;
  await runTool('opj_decompress', '-i', file, '-o', join(folder, `${stem}.pgx`), '-r', String(reduction));
  const names = (await readdir(folder)).filter((name) => name.startsWith(stem) && name.endsWith('.pgx')).sort();
  const planes = await Promise.all(names.map(async (name) => readPgx(await readFile(join(folder, name)))));
  const [first] = planes;
  if (!first) throw new Error('opj_decompress wrote nothing');
  const data = Uint16Array.from(planes.flatMap((plane) => [...plane.data]));
  return { ...first, components: planes.length, data };
}

/** Signed samples come back as they were given: raised by half of their range. */
function readPgx(file: Buffer): Planes {
  const end = file.indexOf(0x0a);
  const header = /^PG (?<order>ML|LM) (?<sign>[+-]) ?(?<bits>\d+) (?<width>\d+) (?<height>\d+)/;
  const { order, sign, bits, width, height } = header.exec(file.toString('latin1', 0, end))?.groups ?? {};
  if (order !== 'ML') throw new Error(`PGX header ${file.toString('latin1', 0, end)}`);
  const precision = Number(bits);
  const size = { width: Number(width), height: Number(height) };
  const raise = sign === '-' ? 2 ** (precision - 1) : 0;
  const length = precision <= 8 ? 1 : 2;
  const data = Uint16Array.from({ length: size.width * size.height }, (_, index) => {
    const at = end + 1 + index * length;
    return (sign === '-' ? file.readIntBE(at, length) : file.readUIntBE(at, length)) + raise;
  });
  return { ...size, components: 1, bits: precision, data };
}

function readNetpbm(file: Buffer): Planes {
  const header = /^P(?<kind>[56])\s+(?<width>\d+)\s+(?<height>\d+)\s+(?<white>\d+)\s/.exec(
    file.toString('latin1', 0, 80),
  );
  const { kind, width, height, white } = header?.groups ?? {};
  const components = kind === '6' ? 3 : 1;
  const length = Number(white) > 255 ? 2 : 1;
  const start = header?.[0].length ?? 0;
  const size = { width: Number(width), height: Number(height) };
  const pixels = size.width * size.height;
  const data = Uint16Array.from({ length: pixels * components }, (_, index) => {
    const at = (index % pixels) * components + Math.floor(index / pixels);
    return file.readUIntBE(start + at * length, length);
  });
  return { ...size, components, bits: Math.log2(Number(white) + 1), data };
}

function netpbm({ width, height, components, bits, data }: Planes): Buffer {
  const pixels = width * height;
  const length = bits > 8 ? 2 : 1;
  const body = Buffer.alloc(pixels * components * length);
  for (let index = 0; index < pixels * components; index++) {
    const value = data[(index % components) * pixels + Math.floor(index / components)] ?? 0;
    body.writeUIntBE(value, index * length, length);
  }
  return Buffer.concat([Buffer.from(`P${components === 1 ? 5 : 6}\n${width} ${height}\n${2 ** bits - 1}\n`), body]);
}

function rawBytes({ data, bits }: Planes, isSigned: boolean): Buffer {
  const length = bits > 8 ? 2 : 1;
  const lower = isSigned ? 2 ** (bits - 1) : 0;
  const bytes = Buffer.alloc(data.length * length);
  for (const [index, value] of data.entries()) {
    if (isSigned) bytes.writeIntLE(value - lower, index * length, length);
    else bytes.writeUIntLE(value, index * length, length);
  }
  return bytes;
}
