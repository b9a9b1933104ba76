// Starts a tensor backend in Node.
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { kernelBinary } from '../build/kernel-binaries.ts';
import { startBackend } from '../src/tensor/backend.ts';
import type { BackendName, BackendOptions, StartedBackend } from '../src/tensor/backend.ts';
import * as tf from '../src/tensor/tf.ts';

/** @throws Error that says why the backend cannot be used */
export function startNodeBackend(
  name: BackendName,
  selfTest?: () => Promise<void>,
): Promise<StartedBackend> {
  // Switches off tfjs' advice and warnings, which it prints to the console, and nothing else.
  tf.enableProdMode();
  return startBackend([name], nodeBinaries(), selfTest);
}

/** Where WebAssembly comes from in Node. */
export function nodeBinaries(): Pick<BackendOptions, 'wasmPath' | 'readKernels'> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return { wasmPath: join(dirname(main), '..', 'wasm-out') + sep, readKernels: kernelBinary };
}
