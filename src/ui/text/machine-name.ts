// What computes, in the page's words.
import type { Environment } from '../../lab/events.ts';

const BACKENDS = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'JavaScript' };

/** The backend's name, and what it runs on. */
export function machineName({ backend, adapter }: Pick<Environment, 'backend' | 'adapter'>) {
  const name = BACKENDS[backend];
  return { name, on: adapter.replace(/^(WebAssembly|plain JavaScript) /, '') };
}
