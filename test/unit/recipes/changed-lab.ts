// The lab with one more line in one of its lists, as it would be after following a recipe.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createServer, type ViteDevServer } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @param list path of the file with the list. @param change its text with the line */
export function changedLab(list: string, change: (code: string) => string): Promise<ViteDevServer> {
  const path = join(root, list);
  return createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true, include: [] },
    plugins: [
      svelte(),
      {
        name: 'one more line',
        enforce: 'pre',
        transform: (code, id) => (id === path ? change(code) : null),
      },
    ],
  });
}
