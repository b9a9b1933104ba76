// The binaries of the wasm backend under `wasm/`, where the lab worker looks for them.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

export function wasmBinaries(): Plugin {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const folder = join(dirname(main), '..', 'wasm-out');
  // The lab computes on one thread: the threaded binary would never be asked for.
  const names = readdirSync(folder).filter((name) => /^(?!.*threaded).*\.wasm$/.test(name));
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
