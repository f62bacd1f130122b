// The viewer page: one image through five protocols, at an address that keeps protocol, page and view.
/* global OpenSeadragon, createPageChooser, listPages, obstacleOf, tileSources */

const canvas = document.getElementById('viewer');
const buttons = [...document.querySelectorAll('[data-protocol]')];
const message = document.getElementById('message');
const note = document.getElementById('note');

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

// What has the focus says what its keys do.
viewer.canvas.setAttribute('role', 'application');
viewer.canvas.setAttribute('aria-label', canvas.getAttribute('aria-label'));

let protocol = 'iiif3';
let pages = [];
let page;
let showPage;
let opening = 0;
let failedTiles = 0;

/** Shows a page of the image through a protocol, with the part in view that was in view before. */
async function open(name, { to = page, view } = {}) {
  const from = page && viewer.world.getItemAt(0)?.getContentSize();
  const isTurned = page !== undefined && to !== page;
  protocol = name;
  page = to;
  opening += 1;
  const mine = opening;
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.protocol === name));
  showPage(page);
  hideMessage();
  try {
    const tileSource = await tileSources[name](page);
    if (mine !== opening) return;
    viewer.addOnceHandler('open', () => {
      const item = viewer.world.getItemAt(0);
      const isSameShape = !isTurned || from?.equals(item.getContentSize());
      if (view && isSameShape) viewer.viewport.fitBounds(item.imageToViewportRectangle(view), true);
      canvas.dataset.open = name;
      canvas.dataset.page = page.address;
      writeAddress();
    });
    viewer.open(tileSource);
  } catch (error) {
    if (mine === opening) showMessage(error.message);
  }
}

/** Another protocol where the current one has no address for the page. */
function openPage(to) {
  const obstacle = obstacleOf(protocol, to);
  const name = obstacle ? 'iip' : protocol;
  explain(obstacle && `${labelOf(protocol)} ${obstacle}: this page comes through IIP.`);
  void open(name, { to, view: currentView() });
}

/** The first page where the protocol has no address for the current one. */
function openProtocol(name, view) {
  const obstacle = obstacleOf(name, page);
  const first = pages.find(({ isFirst }) => isFirst) ?? page;
  explain(obstacle && `${labelOf(name)} ${obstacle}: it shows the first.`);
  void open(name, { to: obstacle ? first : page, view });
}

function labelOf(name) {
  return buttons.find((button) => button.dataset.protocol === name).textContent;
}

/** Tells what was done for a reason; nothing hides it. */
function explain(text) {
  note.hidden = !text; // before the text: what appears with it is not always read out
  note.textContent = text ?? '';
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
  const url = new URL(location.href); // a bare fragment would be reckoned from the page's base
  url.hash = `protocol=${protocol}${page.isFirst ? '' : `&page=${page.address}`}${xywh}`;
  history.replaceState(null, '', url);
}

function readAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const name = parameters.get('protocol');
  const address = parameters.get('page');
  const numbers = (parameters.get('xywh') ?? '').split(',').map(Number);
  const isView = numbers.length === 4 && numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0;
  return {
    name: Object.hasOwn(tileSources, name ?? '') ? name : 'iiif3',
    to: pages.find((known) => known.address === address) ?? pages.find(({ isFirst }) => isFirst) ?? pages[0],
    view: isView ? new OpenSeadragon.Rect(...numbers) : undefined,
    isMissing: address !== null && !pages.some((known) => known.address === address),
  };
}

/** Goes where the address says; what it says of a page decides before what it says of a protocol. */
function followAddress() {
  const { name, to, view, isMissing } = readAddress();
  const obstacle = obstacleOf(name, to);
  explain(
    isMissing
      ? 'There is no such page: this is the first.'
      : obstacle && `${labelOf(name)} ${obstacle}: this page comes through IIP.`,
  );
  page = to; // a link says what to see, whatever was seen before
  void open(obstacle ? 'iip' : name, { to, view });
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

for (const button of buttons) {
  button.addEventListener('click', () => openProtocol(button.dataset.protocol, currentView()));
}
message
  .querySelector('button')
  .addEventListener('click', () => openProtocol(protocol, currentView() ?? readAddress().view));
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

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !document.fullscreenElement) document.getElementById('back').click();
});

async function start() {
  pages = await listPages();
  showPage = createPageChooser(pages, openPage);
  followAddress();
  window.addEventListener('hashchange', followAddress);
}

void start();
