// Starts a tensor backend in Node.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { kernelBinary } from '../build/kernel-binaries.ts';
import { startBackend } from '../src/tensor/backend.ts';
import type { BackendName, BackendOptions, StartedBackend } from '../src/tensor/backend.ts';
import * as tf from '../src/tensor/tf.ts';
import { PACKAGED, PACKAGED_PAGE } from './packaged.ts';

/** @throws Error that says why the backend cannot be used */
export function startNodeBackend(
  name: BackendName,
  selfTest?: () => Promise<void>,
): Promise<StartedBackend> {
  // Switches off tfjs' advice and warnings, which it prints to the console, and nothing else.
  tf.enableProdMode();
  return startBackend([name], nodeBinaries(), selfTest);
}

/** Compiled when it is asked for; the package has it beside its page. */
const readKernels: typeof kernelBinary = PACKAGED
  ? async (name) => new Uint8Array(await readFile(join(PACKAGED_PAGE, 'wasm', name)))
  : kernelBinary;

/** Where WebAssembly comes from in Node. */
export function nodeBinaries(): Pick<BackendOptions, 'wasmPath' | 'readKernels'> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return { wasmPath: join(dirname(main), '..', 'wasm-out') + sep, readKernels };
}
