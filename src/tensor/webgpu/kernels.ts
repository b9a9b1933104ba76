// All WGSL kernels of the lab, put in the place of their compositions on the webgpu backend.
import { registerLinear } from '../ops/linear/webgpu.ts';

/** Idempotent; to be called once tfjs's webgpu backend is registered. */
export function registerWebGpuKernels(): void {
  registerLinear();
}
