// The Mirador page: one manifest or collection of this server.
/* global Mirador */

const { manifest, publicRoot } = document.getElementById('mirador').dataset;

/** Documents name public addresses; everything is loaded from where this page came from, whatever the proxy. */
function atHome(json) {
  return JSON.parse(JSON.stringify(json).replaceAll(`"${publicRoot}`, `"${document.baseURI}`));
}

Mirador.viewer({
  id: 'mirador',
  selectedTheme: window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
  requests: {
    postprocessors: [
      (_url, action) => ({
        ...action,
        ...(action.manifestJson && { manifestJson: atHome(action.manifestJson) }),
        ...(action.json && { json: atHome(action.json) }),
      }),
    ],
  },
  windows: [{ manifestId: new URL(manifest, document.baseURI).href }],
  window: { allowClose: false, allowMaximize: false, hideWindowTitle: true }, // the page has both
  // Other manifests would come from elsewhere, which our policy forbids.
  workspaceControlPanel: { enabled: false },
});
