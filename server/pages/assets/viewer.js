// The viewer page: one image through four protocols, at an address that keeps protocol and view.
/* global OpenSeadragon */

const canvas = document.getElementById('viewer');
const image = canvas.dataset.image;
const buttons = [...document.querySelectorAll('[data-protocol]')];
const message = document.getElementById('message');

/** What a protocol calls the image, made ready for OpenSeadragon. */
const tileSources = {
  iiif3: () => iiifSource(`/iiif/3/${image}`),
  iiif2: () => iiifSource(`/iiif/2/${image}`),
  deepzoom: async () => {
    const document = await fetchXml(`/deepzoom/${image}.dzi`);
    const size = document.querySelector('Size');
    const { attributes } = document.documentElement;
    return new OpenSeadragon.DziTileSource({
      width: Number(size.getAttribute('Width')),
      height: Number(size.getAttribute('Height')),
      tileSize: Number(attributes.TileSize.value),
      tileOverlap: Number(attributes.Overlap.value),
      fileFormat: attributes.Format.value,
      tilesUrl: `/deepzoom/${image}_files/`,
    });
  },
  zoomify: async () => {
    const { attributes } = (await fetchXml(`/zoomify/${image}/ImageProperties.xml`)).documentElement;
    return {
      type: 'zoomifytileservice',
      width: Number(attributes.WIDTH.value),
      height: Number(attributes.HEIGHT.value),
      tileSize: Number(attributes.TILESIZE.value),
      tilesUrl: `/zoomify/${image}/`,
    };
  },
};

const viewer = OpenSeadragon({
  element: canvas,
  drawer: 'canvas',
  showNavigationControl: false,
  showNavigator: window.matchMedia('(min-width: 800px) and (min-height: 600px)').matches,
  navigatorPosition: 'BOTTOM_LEFT',
  maxZoomPixelRatio: 4,
  visibilityRatio: 0.5,
  animationTime: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 0.8,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  tileRetryMax: 2,
  tileRetryDelay: 1000,
});

let protocol = 'iiif3';
let opening = 0;
let failedTiles = 0;

/** The document behind the address is the public one; tiles come from where this page came from, whatever the proxy. */
async function iiifSource(base) {
  const info = await (await fetchChecked(`${base}/info.json`)).json();
  return { ...info, [info.id ? 'id' : '@id']: new URL(base, location.href).href };
}

async function fetchXml(url) {
  return new DOMParser().parseFromString(await (await fetchChecked(url)).text(), 'application/xml');
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

/** Shows the image through a protocol, with the part in view that was in view before. */
async function open(name, view) {
  protocol = name;
  opening += 1;
  const mine = opening;
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.protocol === name));
  hideMessage();
  try {
    const tileSource = await tileSources[name]();
    if (mine !== opening) return;
    viewer.addOnceHandler('open', () => {
      canvas.dataset.open = name;
      if (view) viewer.viewport.fitBounds(viewer.world.getItemAt(0).imageToViewportRectangle(view), true);
      writeAddress();
    });
    viewer.open(tileSource);
  } catch (error) {
    if (mine === opening) showMessage(error.message);
  }
}

/** The part in view, in pixels of the image; undefined while nothing is shown. */
function currentView() {
  const item = viewer.world.getItemAt(0);
  return item?.viewportToImageRectangle(viewer.viewport.getBounds(true));
}

function writeAddress() {
  const view = currentView();
  const xywh = view
    ? `&xywh=${[view.x, view.y, view.width, view.height].map((number) => Math.round(number * 10) / 10)}`
    : '';
  history.replaceState(null, '', `#protocol=${protocol}${xywh}`);
}

function readAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const name = parameters.get('protocol');
  const numbers = (parameters.get('xywh') ?? '').split(',').map(Number);
  const isView = numbers.length === 4 && numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0;
  return {
    name: Object.hasOwn(tileSources, name ?? '') ? name : 'iiif3',
    view: isView ? new OpenSeadragon.Rect(...numbers) : undefined,
  };
}

function showMessage(text) {
  message.querySelector('p').textContent = text;
  message.hidden = false;
}

function hideMessage() {
  message.hidden = true;
  failedTiles = 0;
}

viewer.addHandler('animation-finish', writeAddress);
viewer.addHandler('open-failed', (event) =>
  showMessage(`The image cannot be opened: ${event.message}. Try another protocol.`),
);
viewer.addHandler('tile-load-failed', () => {
  failedTiles += 1;
  const parts = failedTiles === 1 ? 'A part' : `${failedTiles} parts`;
  showMessage(`${parts} of the image could not be loaded. Check the connection, then try again.`);
});

for (const button of buttons) button.addEventListener('click', () => void open(button.dataset.protocol, currentView()));
message
  .querySelector('button')
  .addEventListener('click', () => void open(protocol, currentView() ?? readAddress().view));
document.getElementById('zoom-in').addEventListener('click', () => zoomBy(2));
document.getElementById('zoom-out').addEventListener('click', () => zoomBy(0.5));
document.getElementById('home').addEventListener('click', () => viewer.viewport.goHome());
document.getElementById('full-page').addEventListener('click', () => {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
});
document.getElementById('full-page').hidden = !document.fullscreenEnabled;

function zoomBy(factor) {
  viewer.viewport.zoomBy(factor).applyConstraints();
}

window.addEventListener('hashchange', () => {
  const { name, view } = readAddress();
  void open(name, view);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !document.fullscreenElement) document.getElementById('back').click();
});

const { name, view } = readAddress();
void open(name, view);
