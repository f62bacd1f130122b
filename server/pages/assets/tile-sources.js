// How each protocol names an image, a page of it and its tiles.
/* global OpenSeadragon */

const { image, iiifName: firstPage, pageDelimiter } = document.getElementById('viewer').dataset;

/** What each protocol needs for OpenSeadragon to show a page; the first page has no address of its own. */
const tileSources = {
  iiif3: (page) => iiifSource(`iiif/3/${iiifName(page)}`),
  iiif2: (page) => iiifSource(`iiif/2/${iiifName(page)}`),
  deepzoom: async () => {
    const document = await fetchXml(`deepzoom/${image}.dzi`);
    const size = document.querySelector('Size');
    const { attributes } = document.documentElement;
    return new OpenSeadragon.DziTileSource({
      width: Number(size.getAttribute('Width')),
      height: Number(size.getAttribute('Height')),
      tileSize: Number(attributes.TileSize.value),
      tileOverlap: Number(attributes.Overlap.value),
      fileFormat: attributes.Format.value,
      tilesUrl: `deepzoom/${image}_files/`,
    });
  },
  zoomify: async () => {
    const { attributes } = (await fetchXml(`zoomify/${image}/ImageProperties.xml`)).documentElement;
    return {
      type: 'zoomifytileservice',
      width: Number(attributes.WIDTH.value),
      height: Number(attributes.HEIGHT.value),
      tileSize: Number(attributes.TILESIZE.value),
      tilesUrl: `zoomify/${image}/`,
    };
  },
  iip: async (page) => {
    const base = `iip?FIF=${image}${page.isFirst ? '' : `&SDS=${page.address}`}`;
    const objects = objectsOf(await (await fetchChecked(`${base}&OBJ=Tile-size&OBJ=Resolutions`)).text());
    const levels = objects
      .get('Resolutions')
      .split(',')
      .map((level) => level.split(' ').map(Number));
    const [tileWidth, tileHeight] = objects.get('Tile-size').split(' ').map(Number);
    const [width, height] = levels.at(-1);
    const source = new OpenSeadragon.TileSource({ width, height, tileWidth, tileHeight, maxLevel: levels.length - 1 });
    // The levels are the file's own, which need not halve.
    source.getLevelScale = (level) => levels[level][0] / width;
    source.getTileUrl = (level, x, y) => `${base}&JTL=${level},${y * Math.ceil(levels[level][0] / tileWidth) + x}`;
    return source;
  },
};

/** Why a protocol cannot show a page; undefined where it can. */
function obstacleOf(protocol, page) {
  if (page.isFirst || protocol === 'iip') return undefined;
  if (!protocol.startsWith('iiif')) return 'has no addresses for pages';
  if (pageDelimiter === '') return 'has no addresses for pages unless IIIF_DELIMITER is set';
  return page.isPlain ? undefined : 'has addresses for one angle only';
}

function iiifName(page) {
  return page.isFirst ? firstPage : `${image}${encodeURIComponent(pageDelimiter)}${page.address.split(',')[0]}`;
}

/** The document behind the address is the public one; tiles come from where this page came from, whatever the proxy. */
async function iiifSource(base) {
  const info = await (await fetchChecked(`${base}/info.json`)).json();
  return { ...info, [info.id ? 'id' : '@id']: new URL(base, document.baseURI).href };
}

async function fetchXml(url) {
  return new DOMParser().parseFromString(await (await fetchChecked(url)).text(), 'application/xml');
}

/** The answer of IIP: a name and a value to each line. */
function objectsOf(answer) {
  const lines = answer.split('\r\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

async function fetchChecked(url) {
  const response = await fetch(url).catch(() => {
    throw new Error('The server does not answer. Check the connection, then try again.');
  });
  if (response.ok) return response;
  const { message: reason } = await response.json().catch(() => ({}));
  throw new Error(adviceFor(response.status, reason));
}

function adviceFor(status, reason) {
  if (status === 404) return 'There is no such image. It may have been moved: look for it in the gallery.';
  if (status === 503) return 'The server is busy. Wait a moment, then try again.';
  if (status === 415) return `This image cannot be shown: ${reason}. Convert it to a tiled pyramid TIFF.`;
  return `The image cannot be shown: ${reason ?? `status ${status}`}. Ask whoever runs this server to look at the file.`;
}

Object.assign(globalThis, { fetchChecked, image, objectsOf, obstacleOf, tileSources });
