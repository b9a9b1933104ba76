// The operations that have a form of their own on WebAssembly.
import { registerLinearOnWasm } from '../ops/linear/linear-on-wasm.ts';

export function registerWasmKernels(): void {
  registerLinearOnWasm();
}
