import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from './tiff-pictures.ts';
import { TYPE } from './tiff-writer.ts';
import { runTool, withFolder, writeNetpbm } from './vips-tool.ts';

/**
 * The only strip of the file that tiffcp makes of a picture.
 *
 * @param options - of tiffcp, which must make one strip
 */
export async function encodedByLibtiff(picture: Picture, options: string): Promise<Uint8Array> {
  return withFolder(async (folder) => {
    const pathOf = (name: string) => join(folder, name);
    const [netpbm, plain, made] = [pathOf('a.ppm'), pathOf('a.tif'), pathOf('b.tif')];
    await writeNetpbm(netpbm, picture);
    await runTool('vips', 'tiffsave', netpbm, plain);
    await runTool('tiffcp', ...options.split(' '), plain, made);
    return stripOf(await readFile(made));
  });
}

/** By TIFF 6.0: StripOffsets and StripByteCounts of the first directory. */
function stripOf(file: Buffer): Uint8Array {
  const directory = file.readUInt32LE(4);
  const values = new Map<number, number>();
  for (let entry = 0; entry < file.readUInt16LE(directory); entry++) {
    const at = directory + 2 + entry * 12;
    const isShort = file.readUInt16LE(at + 2) === TYPE.short;
    values.set(file.readUInt16LE(at), isShort ? file.readUInt16LE(at + 8) : file.readUInt32LE(at + 8));
  }
  const start = values.get(273) ?? 0;
  return file.subarray(start, start + (values.get(279) ?? 0));
}
