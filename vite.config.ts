// How the page and its workers are built.
import { readdirSync, readFileSync } from 'node:fs';
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

export default defineConfig({
  // Relative addresses, so that the built page works from any folder of a static host.
  base: './',
  plugins: [svelte(), wasmBinaries()],
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true },
});
