// The operations that have a form of their own on WebAssembly.
import { registerActivationOnWasm } from '../ops/activation/activation-on-wasm.ts';
import { registerAdamWOnWasm } from '../ops/adamw/adamw-on-wasm.ts';
import { registerAttentionOnWasm } from '../ops/attention/attention-on-wasm.ts';
import { registerLinearOnWasm } from '../ops/linear/linear-on-wasm.ts';
import { registerNormOnWasm } from '../ops/norm/norm-on-wasm.ts';
import { registerRotateHeadsOnWasm } from '../ops/rotate-heads/rotate-heads-on-wasm.ts';

export function registerWasmKernels(): void {
  registerActivationOnWasm();
  registerLinearOnWasm();
  registerNormOnWasm();
  registerAdamWOnWasm();
  registerAttentionOnWasm();
  registerRotateHeadsOnWasm();
}
