import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { writePositionPyramid } from '../../support/position-picture.ts';
import { runTool, vipsSamples, withFolder } from '../../support/vips-tool.ts';
import { startIip } from './iip-files.ts';

const iip = startIip();
const ADDRESSES = ['/iip', '/fcgi-bin/iipsrv.fcgi'];

/** An image as IIPMooViewer and its like take it from the text of the answer. */
interface Seen {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  readonly levels: number;
}

/** Splits at the words and reads what is behind the colon, as these clients do. */
function seenIn(text: string): Seen {
  const numbersAfter = (word: string) =>
    (text.split(`${word}:`)[1] ?? '').split('\r\n')[0]?.split(' ').map(Number) ?? [];
  const [width = 0, height = 0] = numbersAfter('Max-size');
  const [tile = 0] = numbersAfter('Tile-size');
  const [levels = 0] = numbersAfter('Resolution-number');
  return { width, height, tile, levels };
}

/** Width and height of a level: the full size halved, rounding down, so many times. */
function sizeAt({ width, height, levels }: Seen, level: number): { width: number; height: number } {
  const divisor = 2 ** (levels - 1 - level);
  return { width: Math.floor(width / divisor), height: Math.floor(height / divisor) };
}

/** All tiles of all levels, as JTL has them. */
function tilesOf(seen: Seen): string[] {
  return Array.from({ length: seen.levels }, (_, level) => {
    const { width, height } = sizeAt(seen, level);
    const count = Math.ceil(width / seen.tile) * Math.ceil(height / seen.tile);
    return Array.from({ length: count }, (_, index) => `${level},${index}`);
  }).flat();
}

describe('a viewer that speaks IIP', () => {
  before(() => writePositionPyramid(join(iip.folder, 'a+b ü;.tif'), { width: 1025, height: 769 }, []));

  const ask = async (address: string, query: string) => {
    const answer = await iip.application().app.inject(`${address}?${query}`);
    assert.equal(answer.statusCode, 200, `${query}: ${answer.payload.slice(0, 200)}`);
    return answer;
  };

  for (const address of ADDRESSES) {
    it(`gets size and tile size, then every tile of every level, at ${address}`, async () => {
      for (const name of ['rgb.tif', 'a%2Bb%20%C3%BC;.tif']) {
        const triple = `FIF=${name}&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number`;
        const tiles = tilesOf(seenIn((await ask(address, triple)).payload));
        assert.ok(tiles.length > 15, `${tiles.length} tiles`);
        for (const tile of tiles) {
          const answer = await ask(address, `FIF=${name}&CNT=1&QLT=75&SDS=0,90&JTL=${tile}`);
          assert.equal(answer.headers['content-type'], 'image/jpeg');
        }
      }
    });
  }

  // rgb.tif is the image of the reference, 1000 x 700 in three levels: sizes of tiles as it lists them
  it('gets documents and tiles of the other protocols in the form of iipsrv', async () => {
    const sized: Record<string, readonly [width: number, height: number]> = {
      'DeepZoom=rgb.tif_files/10/3_2.jpg': [232, 188],
      'DeepZoom=rgb.tif_files/8/0_0.jpg': [250, 175],
      'deepzoom=rgb.tif_files/0/0_0.jpg': [1, 1],
      'QLT=80&CNT=1.2&DeepZoom=rgb.tif_files/9/1_1.jpg': [244, 94],
      'Zoomify=rgb.tif/TileGroup0/0-0-0.jpg': [250, 175],
      'Zoomify=rgb.tif/TileGroup0/1-1-1.jpg': [244, 94],
      'zoomify=rgb.tif/TileGroup0/2-3-2.jpg': [232, 188],
      'IIIF=rgb.tif/0,0,256,256/256,/0/default.jpg': [256, 256],
      'IIIF=rgb.tif/0,0,512,512/256,/0/color.jpg': [256, 256],
      'iiif=rgb.tif/768,512,232,188/232,188/0/default.jpg': [232, 188],
      'IIIF=rgb.tif/768,512,256,256/232,/0/default.jpg': [232, 188],
      'IIIF=rgb.tif/full/300,/0/default.jpg': [300, 210],
    };
    for (const [query, size] of Object.entries(sized)) {
      const { headers, rawPayload } = await ask('/fcgi-bin/iipsrv.fcgi', query);
      assert.equal(headers['content-type'], 'image/jpeg');
      const { width, height } = await sharp(rawPayload).metadata();
      assert.deepEqual([query, width, height], [query, ...size]);
    }
    const documents: Record<string, string> = {
      'DeepZoom=rgb.tif.dzi':
        '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="256" Overlap="0" Format="jpg"><Size Width="1000" Height="700"/></Image>',
      'Zoomify=rgb.tif/ImageProperties.xml':
        '<IMAGE_PROPERTIES WIDTH="1000" HEIGHT="700" NUMTILES="17" NUMIMAGES="1" VERSION="1.8" TILESIZE="256"/>',
    };
    for (const [query, text] of Object.entries(documents)) {
      const { headers, payload } = await ask('/fcgi-bin/iipsrv.fcgi', query);
      assert.deepEqual([headers['content-type'], payload], ['application/xml', text]);
    }
    const info = (await ask('/fcgi-bin/iipsrv.fcgi', 'IIIF=rgb.tif/info.json')).json();
    assert.deepEqual([info.width, info.height], [1000, 700]);
    assert.deepEqual(info.tiles, [{ width: 256, height: 256, scaleFactors: [1, 2, 4] }]);
    assert.match(info.id, /\/fcgi-bin\/iipsrv\.fcgi\?IIIF=rgb\.tif$/);
  });

  it('sees in the tiles of a level the pixels of the file', async () => {
    const name = 'a%2Bb%20%C3%BC;.tif';
    await withFolder(async (folder) => {
      const level = 1;
      const tiles: string[] = [];
      for (let index = 0; index < 4; index++) {
        tiles.push(join(folder, `${index}.png`));
        const tile = await ask('/iip', `FIF=${name}&PTL=${level},${index}`);
        writeFileSync(tiles.at(-1) ?? '', tile.rawPayload);
      }
      const joined = join(folder, 'joined.v');
      await runTool('vips', 'arrayjoin', tiles.join(' '), joined, '--across', '2');
      const cropped = join(folder, 'cropped.v');
      await runTool('vips', 'extract_area', joined, cropped, '0', '0', '512', '384');
      const actual = await vipsSamples(cropped, folder);
      const expected = await vipsSamples(`${join(iip.folder, 'a+b ü;.tif')}[page=1]`, folder);
      assert.equal(expected.length, 512 * 384 * 3);
      assert.deepEqual(Buffer.from(actual), Buffer.from(expected));
    });
  });

  it('turns an object through the views that it is told of', async () => {
    const { payload } = await ask('/iip', 'FIF=seq&obj=Horizontal-views&obj=Vertical-views');
    const [across = [], down = []] = payload
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(':')[1]?.split(' '));
    assert.deepEqual(
      [across, down],
      [
        ['0', '10', '20'],
        ['45', '90'],
      ],
    );
    for (const x of across) {
      const [sds, jtls] = [
        await ask('/iip', `FIF=seq&SDS=${x},90&JTL=0,0`),
        await ask('/iip', `FIF=seq&JTLS=${x},0,0,90`),
      ];
      assert.deepEqual(sds.rawPayload, jtls.rawPayload);
    }
  });
});
