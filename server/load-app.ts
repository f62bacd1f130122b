import type { createApp } from './app.ts';

/**
 * Loads the application, part by part: Node opens the files of an import all at once, and a process may have fewer
 * descriptors than the application has modules.
 */
export async function loadApp(): Promise<typeof createApp> {
  await import('../codecs/open-source.ts');
  await import('../codecs/render.ts');
  await import('../protocols/plugin.ts');
  await import('./pages/plugin.ts');
  const app = await import('./app.ts');
  return app.createApp;
}
