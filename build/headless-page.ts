// Beside the page, the one that `lab --backend webgpu` runs its jobs in (tests' roots have none).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function headlessPage(): Plugin {
  return {
    name: 'headless-page',
    config: ({ root = process.cwd() }) => {
      const pages = ['index.html', 'headless.html'].map((name) => join(root, name));
      return { build: { rolldownOptions: { input: pages.filter((page) => existsSync(page)) } } };
    },
  };
}
