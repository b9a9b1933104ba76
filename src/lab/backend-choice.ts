// Which backends to try on this machine, in which order.
import type { BackendName } from '../tensor/backend.ts';
import { requestAdapter } from '../tensor/webgpu/device.ts';

/**
 * The fastest first. A WebGPU that a processor only pretends to have comes after WebAssembly, which
 * uses the same processor better.
 * @param only the one backend to use, whatever it costs
 */
export async function backendOrder(only?: BackendName): Promise<BackendName[]> {
  if (only) return [only];
  return (await hasSoftwareGpu()) ? ['wasm', 'webgpu', 'cpu'] : ['webgpu', 'wasm', 'cpu'];
}

async function hasSoftwareGpu(): Promise<boolean> {
  // Why there is none, or no answer, is told where the backend is started.
  const info = await requestAdapter().then(
    (adapter) => adapter.info as GPUAdapterInfo | undefined,
    () => undefined,
  );
  if (!info) return false;
  return info.isFallbackAdapter || isSoftware(`${info.architecture} ${info.description}`);
}

/** Whether an adapter's name is that of a GPU made of software. */
export const isSoftware = (adapter: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapter);
