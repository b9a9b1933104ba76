// Starts a tensor backend in Node.
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { startBackend } from '../src/tensor/backend.ts';
import type { BackendName, StartedBackend } from '../src/tensor/backend.ts';

export function startNodeBackend(
  name: BackendName,
  selfTest?: () => Promise<void>,
): Promise<StartedBackend> {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const wasmPath = join(dirname(main), '..', 'wasm-out') + sep;
  return startBackend([name], { wasmPath }, selfTest);
}
