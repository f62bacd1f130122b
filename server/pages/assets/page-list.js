// The pages of an image, and the part of the viewer page that chooses one.
/* global fetchChecked, image, objectsOf */

/** The view that stands for a sequence of files. */
const USUAL_VIEW = '0,90';

const FIRST_PAGE = { address: '', name: '', isFirst: true, isPlain: true };

/** All pages of the image, in order; one where it has no more, or where they cannot be listed. */
async function listPages() {
  try {
    const url = `iip?FIF=${image}&OBJ=Horizontal-views&OBJ=Vertical-views&OBJ=stack`;
    const [lines, stack] = (await (await fetchChecked(url)).text()).split(/(?=^\[)/m);
    if (stack) return JSON.parse(stack).map(pageOfStack);
    const objects = objectsOf(lines);
    const [across, down] = ['Horizontal-views', 'Vertical-views'].map((name) => objects.get(name).split(' '));
    return across.length * down.length > 1 ? viewsOf(across, down) : [FIRST_PAGE];
  } catch {
    return [FIRST_PAGE]; // opening the image says what is wrong
  }
}

function pageOfStack({ id, name }) {
  return { address: String(id), name, isFirst: id === 0, isPlain: true };
}

function viewsOf(across, down) {
  return down.flatMap((y) =>
    across.map((x) => {
      const address = `${x},${y}`;
      const name = down.length > 1 ? `view ${x}, ${y}` : `view ${x}`;
      return { address, name, isFirst: address === USUAL_VIEW, isPlain: y === '90' };
    }),
  );
}

/**
 * Shows a chooser where there is something to choose.
 *
 * @param choose - called with the page that was chosen
 * @returns what shows which page is the current one
 */
function createPageChooser(pages, choose) {
  const [previous, select, next] = ['previous-page', 'page', 'next-page'].map((id) => document.getElementById(id));
  const status = document.getElementById('page-status');
  let current = 0;
  const go = (index) => {
    if (index >= 0 && index < pages.length && index !== current) choose(pages[index]);
  };
  select.append(...pages.map((page, index) => new Option(`${index + 1}${page.name && `: ${page.name}`}`, index)));
  document.getElementById('page-count').textContent = `of ${pages.length}`;
  document.getElementById('pages').hidden = pages.length < 2;
  select.addEventListener('change', () => go(Number(select.value)));
  previous.addEventListener('click', () => go(current - 1));
  next.addEventListener('click', () => go(current + 1));
  document.addEventListener('keydown', (event) => {
    const step = { PageUp: -1, PageDown: 1 }[event.key];
    if (step === undefined || pages.length < 2) return;
    event.preventDefault();
    go(current + step);
  });
  return (page) => {
    current = pages.indexOf(page);
    select.value = String(current);
    // Not `disabled`: the keyboard would lose its place at either end.
    previous.setAttribute('aria-disabled', String(current === 0));
    next.setAttribute('aria-disabled', String(current === pages.length - 1));
    if (pages.length > 1) status.textContent = `Page ${current + 1} of ${pages.length}${page.name && `: ${page.name}`}`;
  };
}

Object.assign(globalThis, { createPageChooser, listPages });
