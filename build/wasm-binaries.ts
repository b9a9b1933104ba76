// The binaries of the wasm backend and of our own kernels under `wasm/`, where the lab worker looks for them.
import type { Plugin } from 'vite';
import { TFJS_BINARIES } from '../src/tensor/wasm/tfjs-binaries.ts';
import { kernelBinary, kernelNames } from './kernel-binaries.ts';
import { tfjsBinary } from './tfjs-binary.ts';

/** The lab computes with vectors: tfjs's other binaries would never be asked for. */
const BINARIES: ReadonlyMap<string, () => Promise<Uint8Array>> = new Map([
  ...Object.values(TFJS_BINARIES).map((name) => [name, () => tfjsBinary(name)] as const),
  ...kernelNames.map((name) => [name, () => kernelBinary(name)] as const),
]);

export function wasmBinaries(): Plugin {
  return {
    name: 'wasm-binaries',
    configureServer({ middlewares }) {
      middlewares.use('/wasm', (request, response, next) => {
        const read = BINARIES.get(/^\/([^?]*)/.exec(request.url ?? '')?.[1] ?? '');
        if (read === undefined) return next();
        read().then((bytes) => {
          response.setHeader('content-type', 'application/wasm');
          response.end(bytes);
        }, next);
      });
    },
    async generateBundle() {
      for (const [name, read] of BINARIES) {
        this.emitFile({ type: 'asset', fileName: `wasm/${name}`, source: await read() });
      }
    },
  };
}
