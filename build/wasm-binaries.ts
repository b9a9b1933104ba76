// The binaries of the wasm backend and of our own kernels under `wasm/`, where the lab worker looks for them.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { kernelBinary, kernelNames } from './kernel-binaries.ts';

/** The lab computes on one thread, and with vectors: tfjs's other binaries would never be asked for. */
const TFJS = 'tfjs-backend-wasm-simd.wasm';

export function wasmBinaries(): Plugin {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const read = (name: string): Promise<Uint8Array> =>
    name === TFJS ? readFile(join(dirname(main), '..', 'wasm-out', name)) : kernelBinary(name);
  const names = [TFJS, ...kernelNames];
  return {
    name: 'wasm-binaries',
    configureServer({ middlewares }) {
      middlewares.use('/wasm', (request, response, next) => {
        const name = names.find((known) => request.url?.startsWith(`/${known}`));
        if (name === undefined) return next();
        read(name).then((bytes) => {
          response.setHeader('content-type', 'application/wasm');
          response.end(bytes);
        }, next);
      });
    },
    async generateBundle() {
      for (const name of names) {
        this.emitFile({ type: 'asset', fileName: `wasm/${name}`, source: await read(name) });
      }
    },
  };
}
