import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COLOURS } from './check.ts';

const WIDTH = 300;
const HEIGHT = 200;

/** The size of the images in the specification, in quarters: red and green above, blue and yellow below. */
function quarters(): Buffer {
  const rowOf = (left: readonly number[], right: readonly number[]) =>
    Buffer.concat([
      Buffer.alloc((WIDTH / 2) * 3, Buffer.from(left)),
      Buffer.alloc((WIDTH / 2) * 3, Buffer.from(right)),
    ]);
  const { red, green, blue, yellow } = COLOURS;
  const [above, below] = [rowOf(red, green), rowOf(blue, yellow)];
  return Buffer.concat(Array.from({ length: HEIGHT }, (_, y) => (y < HEIGHT / 2 ? above : below)));
}

/** Names of copies of the test picture, among them the identifiers of the specification's table of encodings. */
const COPIES = [
  'quad.tif',
  'id1',
  'ark:/12025/654xz321',
  'urn:foo:a123,456',
  'urn:sici:1046-8188(199501)13:1%3C69:FTTHBI%3E2.0.TX;2-4',
  'https:/example.com/?54#a',
  'maps/full/max/0/default.jpg',
  'a b+c&d@e.tif',
  'näme.tif',
  'described.tif',
  'damaged.tif',
];

/** Fills a folder with the images that the checks ask for. */
export function writeFiles(folder: string): void {
  const source = join(folder, 'quad.ppm');
  writeFileSync(source, Buffer.concat([Buffer.from(`P6\n${WIDTH} ${HEIGHT}\n255\n`), quarters()]));
  for (const name of COPIES) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    write(source, join(folder, name), ['--xres', '11.811', '--yres', '11.811']); // 300 dpi
  }
  const gray = join(folder, 'gray.pgm');
  writeFileSync(gray, Buffer.concat([Buffer.from('P5\n2 1\n255\n'), Buffer.of(50, 200)]));
  write(gray, join(folder, 'gray.tif'), []);
  const thin = join(folder, 'thin.pgm');
  writeFileSync(thin, Buffer.concat([Buffer.from('P5\n1 700\n255\n'), Buffer.alloc(700, 128)]));
  write(thin, join(folder, 'thin.tif'), []);
  execFileSync('tiffset', ['-s', '296', '1', join(folder, 'gray.tif')]); // a resolution without a unit
  writeStack(source, join(folder, 'stack.tif'));
  writeFileSync(join(folder, 'described.tif.info.json'), '{"rights": "https://creativecommons.org/licenses/by/4.0/"}');
  writeFileSync(join(folder, 'damaged.tif.info.json'), '{"rights": ');
  for (const path of [source, gray, thin]) rmSync(path);
}

/** Two pages, the second wider. */
function writeStack(source: string, path: string): void {
  const [first, second] = [`${source}.1.tif`, `${source}.2.tif`];
  execFileSync('vips', ['tiffsave', source, first]);
  execFileSync('vips', ['resize', source, second, String(310 / WIDTH), '--vscale', '1']);
  execFileSync('tiffcp', [first, second, path]);
  for (const page of [first, second]) rmSync(page);
}

/** By way of a name that vips has no options in. */
function write(source: string, path: string, options: readonly string[]): void {
  const plain = `${source}.tif`;
  const layout = ['--tile', '--tile-width', '256', '--tile-height', '256', '--pyramid', '--compression', 'deflate'];
  execFileSync('vips', ['tiffsave', source, plain, ...layout, ...options], { stdio: 'pipe' });
  execFileSync('mv', ['--', plain, path]);
}
