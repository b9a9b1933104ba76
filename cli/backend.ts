// Starts a tensor backend in Node.
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { kernelBinary } from '../build/kernel-binaries.ts';
import { tfjsFolder } from '../build/tfjs-binary.ts';
import { startBackend } from '../src/tensor/backend.ts';
import type { BackendName, BackendOptions, StartedBackend } from '../src/tensor/backend.ts';
import * as tf from '../src/tensor/tf.ts';
import { PACKAGED, PACKAGED_PAGE } from './packaged.ts';

/** @throws Error that says why the backend cannot be used */
export async function startNodeBackend(
  name: BackendName,
  selfTest?: () => Promise<void>,
): Promise<StartedBackend> {
  // Switches off tfjs' advice and warnings, which it prints to the console, and nothing else.
  tf.enableProdMode();
  return startBackend([name], await nodeBinaries(), selfTest);
}

const PACKAGED_WASM = join(PACKAGED_PAGE, 'wasm');

/** Compiled when it is asked for; the package has it beside its page. */
const readKernels: typeof kernelBinary = PACKAGED
  ? async (name) => new Uint8Array(await readFile(join(PACKAGED_WASM, name)))
  : kernelBinary;

/** Where WebAssembly comes from in Node. */
export async function nodeBinaries(): Promise<
  Pick<BackendOptions, 'wasmPath' | 'sharesMemory' | 'readKernels'>
> {
  const folder = PACKAGED ? PACKAGED_WASM : await tfjsFolder();
  return { wasmPath: folder + sep, sharesMemory: true, readKernels };
}
