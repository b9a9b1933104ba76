// The browser's WebGPU adapter and its device, or why there is none, within a bounded time.

/** A driver that hangs leaves a question open for ever; one that works answers within a second. */
const PATIENCE_MS = 5000;

/** Once it has given no answer it is not waited for again. */
let silent: Error | undefined;

/** @throws Error saying why this machine's WebGPU cannot be used */
export async function requestAdapter(): Promise<GPUAdapter> {
  // `gpu` is missing in browsers without WebGPU and outside secure contexts.
  const gpu = (navigator as Partial<Navigator>).gpu;
  if (gpu === undefined) throw new Error('this browser has no WebGPU');
  if (silent) throw silent;
  const adapter = await answered(gpu.requestAdapter({ powerPreference: 'high-performance' }));
  if (adapter === null) throw new Error('this browser offers no WebGPU adapter');
  return adapter;
}

/** @throws Error where the driver refuses, or gives no answer */
export const requestDevice = (adapter: GPUAdapter, wanted: GPUDeviceDescriptor) =>
  answered(adapter.requestDevice(wanted));

async function answered<T>(question: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      silent = new Error(
        `this browser's WebGPU gave no answer within ${PATIENCE_MS / 1000} seconds`,
      );
      reject(silent);
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([question, silence]);
  } finally {
    clearTimeout(timer);
  }
}
