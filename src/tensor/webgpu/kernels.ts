// All WGSL kernels of the lab, put in the place of their compositions on the webgpu backend.

/** Idempotent; to be called once tfjs's webgpu backend is registered. */
export function registerWebGpuKernels(): void {}
