// The page about IIP: each example is a picture, and maybe a curve, at an address that its controls write.

const SVG = 'http://www.w3.org/2000/svg';
const CHART = { width: 640, height: 220, left: 56, right: 12, top: 12, bottom: 30 };

/** Runs `apply` for the newest of the values it is given, one at a time: sliders are faster than servers. */
function createQueue(apply) {
  let wanted;
  let running;
  const run = async () => {
    while (wanted !== undefined) {
      const next = wanted;
      wanted = undefined;
      await apply(next);
    }
    running = undefined;
  };
  return (value) => {
    wanted = value;
    running ??= run();
    return running;
  };
}

function start(example) {
  const { picture, chart } = example.dataset;
  const controls = new Map([...example.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]));
  const address = example.querySelector('.address input');
  const mark = example.querySelector('[data-mark]');
  const showPicture = pictureOf(example);
  const showChart = chartOf(example);
  const fill = fillerOf(example, controls);

  const refresh = () => {
    for (const part of controls.values()) tell(part);
    const url = fill(picture);
    address.value = new URL(url, document.baseURI).href;
    if (mark) placeMark(mark, controls.get('x'), controls.get('y'));
    if (chart) void showChart(fill(chart));
    return showPicture(url);
  };
  listen(example, controls, refresh);
  example.querySelector('[data-copy]').addEventListener('click', (event) => void copy(address, event.currentTarget));
  void refresh();
}

/** Shows the picture of an address, or why there is none. */
function pictureOf(example) {
  const image = example.querySelector('img');
  const problem = example.querySelector('.problem');
  return createQueue(async (url) => {
    const next = new Image();
    next.src = url;
    try {
      await next.decode();
      image.src = url;
      problem.hidden = true;
    } catch {
      problem.textContent = await reasonOf(url);
      problem.hidden = false;
    }
  });
}

/** Draws the curves of an address. */
function chartOf(example) {
  return createQueue(async (url) => {
    const source = example.querySelector('.source');
    source.href = url;
    source.firstElementChild.textContent = source.href;
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) draw(example.querySelector('svg'), READERS[example.dataset.kind](await response.text()));
  });
}

/** Puts what the controls say into the braces of an address. */
function fillerOf(example, controls) {
  const level = { width: Number(example.dataset.width), height: Number(example.dataset.height) };
  const partOf = (name) => {
    const part = controls.get(name);
    if (part) return part.type === 'checkbox' && !part.checked ? '' : part.value;
    return String(level[name] ?? '');
  };
  /** A place in percent of the picture, in pixels of the level that curves are read from. */
  const placeOf = (name) => {
    const length = name === 'x' ? level.width : level.height;
    return String(Math.min(length - 1, Math.floor((Number(partOf(name)) * length) / 100)));
  };
  return (template) =>
    template.replace(/\{(\w+)\}/g, (_, name) => (name === 'x' || name === 'y' ? placeOf(name) : partOf(name)));
}

function listen(example, controls, refresh) {
  for (const part of controls.values()) part.addEventListener('input', () => void refresh());
  const image = example.querySelector('img');
  if (controls.has('x')) image.addEventListener('click', (event) => choosePoint(event, controls, refresh));
  const turning = example.querySelector('[data-turning]');
  if (turning) turning.addEventListener('click', () => turn(turning, controls.get(turning.dataset.turning), refresh));
}

/** Says a slider's number beside it. */
function tell(part) {
  if (part.type !== 'range') return;
  const text = `${part.value}${part.dataset.unit}`;
  part.previousElementSibling.value = text;
  part.setAttribute('aria-valuetext', text);
}

function placeMark(mark, x, y) {
  mark.style.left = x ? `${x.value}%` : '0';
  mark.style.top = `${y.value}%`;
  mark.hidden = false;
}

function choosePoint(event, controls, refresh) {
  const box = event.currentTarget.getBoundingClientRect();
  controls.get('x').value = String(((event.clientX - box.left) / box.width) * 100);
  controls.get('y').value = String(((event.clientY - box.top) / box.height) * 100);
  void refresh();
}

/** Turns a control on, picture by picture, until the button is pressed again. */
async function turn(button, control, refresh) {
  const isOn = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(isOn));
  while (isOn && button.getAttribute('aria-pressed') === 'true') {
    control.value = String((Math.round(Number(control.value) / 5) * 5 + 5) % 360);
    await refresh();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Browsers keep the clipboard from pages without HTTPS: there the old way is the only one. */
async function copy(field, button) {
  field.select();
  const isCopied = await (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(
    () => true,
    () => document.execCommand('copy'),
  );
  button.textContent = isCopied ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

/** What the server says is wrong: the text behind the code of an IIP error. */
async function reasonOf(url) {
  const response = await fetch(url).catch(() => undefined);
  if (!response) return 'The server does not answer. Check the connection, then try again.';
  if (response.ok) return 'The browser cannot show this picture.';
  const text = await response.text();
  return `The server refuses: ${text.replace(/^Error\/\d+:\d \d /, '').trim()}`;
}

/** Points of a curve from the answers of SPECTRA and PFL. */
const READERS = {
  spectrum: (text) =>
    [...new DOMParser().parseFromString(text, 'application/xml').querySelectorAll('point')].map((point) => ({
      name: point.querySelector('wavelength').textContent,
      value: Number(point.querySelector('reflectance').textContent),
    })),
  profile: (text) => JSON.parse(text).profile.map((value, index) => ({ name: String(index), value })),
};

/** Draws a curve from 0 to a round number above its highest point. */
function draw(svg, points) {
  const highest = Math.max(...points.map(({ value }) => value));
  const top = roundUp(highest);
  const width = CHART.width - CHART.left - CHART.right;
  const height = CHART.height - CHART.top - CHART.bottom;
  const x = (index) => CHART.left + (width * index) / Math.max(1, points.length - 1);
  const y = (value) => CHART.top + height * (1 - value / top);
  const line = points.map(({ value }, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const grid = [0, top / 2, top].flatMap((value) => [
    element('line', { class: 'grid', x1: CHART.left, x2: CHART.width - CHART.right, y1: y(value), y2: y(value) }),
    element('text', { class: 'scale', x: CHART.left - 8, y: y(value) + 5 }, String(value)),
  ]);
  svg.replaceChildren(...grid, ...(points.length <= 24 ? names(points, x) : []), element('polyline', { points: line }));
  const ends = `from ${points[0]?.name} to ${points.at(-1)?.name}`;
  svg.setAttribute('aria-label', `Curve of ${points.length} values ${ends}, the highest ${highest}`);
}

/** Every third name: more of them would touch each other. */
function names(points, x) {
  return points.flatMap(({ name }, index) =>
    index % 3 === 0 ? [element('text', { class: 'name', x: x(index), y: CHART.height - 8 }, name)] : [],
  );
}

function roundUp(value) {
  const step = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * step).find((round) => round >= value);
}

function element(name, attributes, text = '') {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

for (const example of document.querySelectorAll('.example[data-picture]')) start(example);
