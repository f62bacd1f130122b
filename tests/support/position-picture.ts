import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import type { Rect, Size } from '../../image/geometry.ts';

/** The RGB of a pixel of the test picture: smooth, and each place its own. */
function positionPixel(x: number, y: number): [number, number, number] {
  return [Math.floor(x / 8) & 255, Math.floor(y / 8) & 255, ((x & 7) << 5) | ((y & 7) << 2)];
}

/** Side of the flat blocks of the other test picture. */
export const BLOCK = 64;

/** The RGB of a pixel of the picture of blocks: the same within each, and no two neighbours alike. */
export function blockPixel(x: number, y: number): [number, number, number] {
  const [column, row] = [Math.floor(x / BLOCK), Math.floor(y / BLOCK)];
  return [(column * 67 + 20) & 255, (row * 91 + 40) & 255, ((column + 2 * row) * 83) & 255];
}

/** Interleaved RGB of a window of a test picture. */
export function positionPixels({ x, y, width, height }: Rect, pixelAt = positionPixel): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data.set(pixelAt(x + column, y + row), (row * width + column) * 3);
    }
  }
  return data;
}

/**
 * Writes a test picture as a tiled pyramid with libvips, which rounds levels down.
 *
 * @param options - further options of `vips tiffsave`, such as `--compression deflate`
 */
export function writePositionPyramid(
  path: string,
  size: Size,
  options: readonly string[],
  pixelAt = positionPixel,
): void {
  const source = `${path}.ppm`;
  const header = Buffer.from(`P6\n${size.width} ${size.height}\n255\n`);
  writeFileSync(source, Buffer.concat([header, positionPixels({ x: 0, y: 0, ...size }, pixelAt)]));
  const layout = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256', '--region-shrink', 'nearest'];
  execFileSync('vips', ['tiffsave', source, path, ...layout, ...options], { stdio: 'pipe' });
  rmSync(source);
}

/** Writes a test picture as a tiled pyramid of three levels, each of the size of the one before halved and rounded up. */
export function writeRoundedUpPyramid(path: string, size: Size, pixelAt = positionPixel): void {
  const levels = [1, 2, 4].map((factor) => {
    const level = `${path}.${factor}.tif`;
    const reduced = { width: Math.ceil(size.width / factor), height: Math.ceil(size.height / factor) };
    const pixels = positionPixels({ x: 0, y: 0, ...reduced }, (x, y) => pixelAt(x * factor, y * factor));
    writeFileSync(
      `${level}.ppm`,
      Buffer.concat([Buffer.from(`P6\n${reduced.width} ${reduced.height}\n255\n`), pixels]),
    );
    const layout = ['--tile', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'];
    execFileSync('vips', ['tiffsave', `${level}.ppm`, level, ...layout], { stdio: 'pipe' });
    if (factor > 1) execFileSync('tiffset', ['-s', '254', '1', level]); // a reduced image
    return level;
  });
  execFileSync('tiffcp', [...levels, path], { stdio: 'pipe' });
  for (const level of levels) for (const file of [level, `${level}.ppm`]) rmSync(file);
}
