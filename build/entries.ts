// What is built: the page, the one for other sites' frames, the one that `lab --backend webgpu` runs its jobs
// in, and the service worker, as far as a root has them (tests' roots have the page alone).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function entries(): Plugin {
  return {
    name: 'entries',
    config: ({ root = process.cwd() }) => {
      const all = ['index.html', 'embed.html', 'headless.html', 'workers/offline.ts'].map((name) =>
        join(root, name),
      );
      const input = all.filter((entry) => existsSync(entry));
      // A service worker rules over the folder that it lies in, and is found again by its name.
      const entryFileNames = ({ name }: { name: string }) =>
        name === 'offline' ? 'offline.js' : 'assets/[name]-[hash].js';
      return { build: { rolldownOptions: { input, output: { entryFileNames } } } };
    },
  };
}
