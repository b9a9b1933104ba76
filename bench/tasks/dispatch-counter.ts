// Counts what is sent to the GPU, whichever library sends it.

let count = 0;

/** Watches this thread from now on; without WebGPU nothing happens. */
export function watchDispatches(): void {
  if (!('GPUComputePassEncoder' in globalThis)) return;
  const { prototype } = GPUComputePassEncoder;
  for (const method of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    const original = prototype[method] as (...args: unknown[]) => undefined;
    prototype[method] = function (this: GPUComputePassEncoder, ...args: unknown[]): undefined {
      count++;
      original.apply(this, args);
    };
  }
}

/** Dispatches since the watch began; null where there is no WebGPU. */
export function dispatches(): number | null {
  return 'GPUComputePassEncoder' in globalThis ? count : null;
}
