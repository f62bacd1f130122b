// The gallery works without this script. It says why a thumbnail is missing, and shows new images as they appear.

/** Puts a neutral frame where the browser would show a broken picture. */
async function explain(picture) {
  const frame = picture.parentElement;
  const info = picture.src.replace(/\/full\/[^/]*\/0\/default\.jpg$/, '/info.json');
  picture.remove();
  frame.classList.add('broken');
  frame.title = 'The image cannot be shown.';
  try {
    const response = await fetch(info);
    const { message } = await response.json();
    frame.title = response.ok ? 'The image is described, but its pixels cannot be read.' : (message ?? frame.title);
  } catch {
    frame.title = 'The server does not answer.';
  }
}

function watchThumbnails() {
  for (const picture of document.querySelectorAll('.frame img')) {
    const hasFailed = picture.complete && picture.naturalWidth === 0; // some fail before this script runs
    if (hasFailed) void explain(picture);
    else picture.addEventListener('error', () => void explain(picture), { once: true });
  }
}

/** Takes over the gallery's new contents only when there are any, so that nothing flickers and no focus is lost. */
async function refresh() {
  const gallery = document.getElementById('gallery');
  if (!gallery.dataset.refresh) return;
  const response = await fetch(location.href).catch(() => undefined); // the server may be starting again
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('gallery');
  if (fresh.outerHTML === lastMarkup) return;
  lastMarkup = fresh.outerHTML;
  gallery.replaceWith(fresh);
  watchThumbnails();
}

const { outerHTML, dataset } = document.getElementById('gallery');
let lastMarkup = outerHTML;
watchThumbnails();
if (dataset.refresh) setInterval(refresh, dataset.refresh * 1000);
