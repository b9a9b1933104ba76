// Which backends to try on this machine, in which order.
import type { BackendName } from '../tensor/backend.ts';
import type { BackendWish } from './contract.ts';
import { requestAdapter } from '../tensor/webgpu/device.ts';

/**
 * The fastest first. A WebGPU that a processor only pretends to have comes after WebAssembly, which
 * uses the same processor better.
 */
export async function backendOrder({ only, avoid = [] }: BackendWish = {}): Promise<BackendName[]> {
  if (only) return [only];
  const order: BackendName[] = (await hasSoftwareGpu())
    ? ['wasm', 'webgpu', 'cpu']
    : ['webgpu', 'wasm', 'cpu'];
  return order.filter((name) => name === 'cpu' || !avoid.includes(name));
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
