// How the page and its workers are built.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** Serves the binaries of the wasm backend under `wasm/`, where the lab worker looks for them. */
function wasmBinaries(): Plugin {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(main), '..', 'wasm-out');
  const names = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  const read = (name: string) => readFileSync(join(folder, name));
  return {
    name: 'wasm-binaries',
    configureServer({ middlewares }) {
      middlewares.use('/wasm', (request, response, next) => {
        const name = names.find((known) => request.url?.startsWith(`/${known}`));
        if (name === undefined) return next();
        response.setHeader('content-type', 'application/wasm');
        response.end(read(name));
      });
    },
    generateBundle() {
      for (const name of names) {
        this.emitFile({ type: 'asset', fileName: `wasm/${name}`, source: read(name) });
      }
    },
  };
}

/** Beside the page, the one that `lab --backend webgpu` runs its jobs in (tests' roots have none). */
function headlessPage(): Plugin {
  return {
    name: 'headless-page',
    config: ({ root = process.cwd() }) => {
      const pages = ['index.html', 'headless.html'].map((name) => join(root, name));
      return { build: { rolldownOptions: { input: pages.filter((page) => existsSync(page)) } } };
    },
  };
}

export default defineConfig({
  // Relative addresses, so that the built page works from any folder of a static host.
  base: './',
  plugins: [svelte(), wasmBinaries(), headlessPage()],
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true },
});
