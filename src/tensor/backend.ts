// Choosing and starting the tensor backend: webgpu on a device of our own, then wasm, then cpu.
import * as tf from './tf.ts';
import { requestAdapter, requestDevice } from './webgpu/adapter.ts';
import type { TuningStore } from './webgpu/tuning.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';
export const BACKENDS: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

export interface BackendOptions {
  /** Folder of the wasm binaries, ending in `/`; where it is left out wasm cannot start. */
  readonly wasmPath?: string;
  /** Called when the GPU is lost or reports an error that no call will raise. */
  readonly onDeviceError?: (message: string) => void;
  /** Where the choice of kernel variants outlives the page; without, it is measured every time. */
  readonly tuning?: TuningStore;
}

export interface StartedBackend {
  readonly name: BackendName;
  /** What does the arithmetic, in words: the GPU's vendor and architecture, or the processor. */
  readonly adapter: string;
  /** Why backends of a higher rank were passed over. */
  readonly passedOver: readonly { readonly name: BackendName; readonly reason: string }[];
}

/**
 * Starts the first of `candidates` that can be started and passes `selfTest`.
 * @param selfTest throws if the backend computes wrongly
 * @throws Error naming every candidate's reason if none can be used
 */
export async function startBackend(
  candidates: readonly BackendName[],
  options: BackendOptions = {},
  selfTest: () => Promise<void> = () => Promise.resolve(),
): Promise<StartedBackend> {
  const passedOver: { name: BackendName; reason: string }[] = [];
  for (const name of candidates) {
    try {
      const adapter = await STARTERS[name](options);
      if (!(await tf.setBackend(name))) throw new Error('it could not be initialised');
      await tf.ready();
      if (name === 'webgpu') await tuneKernels(adapter, options);
      await selfTest();
      return { name, adapter, passedOver };
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new Error(`no tensor backend can be used (${reasons})`);
}

const STARTERS: Record<BackendName, (options: BackendOptions) => Promise<string>> = {
  webgpu: startWebGpu,
  wasm: startWasm,
  cpu: startCpu,
};

/** Storage buffers hold whole embeddings, so the device gets the adapter's own limits for them. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const;

/** Variants of our kernels use them where the adapter has them. */
const OPTIONAL_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

async function startWebGpu({ onDeviceError }: BackendOptions): Promise<string> {
  const adapter = await requestAdapter();
  const device = await requestDevice(adapter, {
    requiredFeatures: OPTIONAL_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  device.addEventListener('uncapturederror', ({ error }) => onDeviceError?.(error.message));
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') onDeviceError?.(`the GPU was lost: ${message}`);
  });
  const [{ LabWebGpuBackend }, { registerWebGpuKernels }] = await Promise.all([
    import('./webgpu/lab-backend.ts'),
    import('./webgpu/kernels.ts'),
  ]);
  // The import registers a backend on a device of its own choosing; ours takes its place.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new LabWebGpuBackend(device, adapter.info), 3);
  registerWebGpuKernels();
  const { vendor, architecture, device: model, description } = adapter.info;
  return [vendor, architecture, model, description].filter(Boolean).join(' ') || 'unnamed adapter';
}

async function tuneKernels(adapter: string, { tuning }: BackendOptions): Promise<void> {
  const { tune } = await import('./webgpu/tuning.ts');
  await tune(adapter, tuning);
}

async function startWasm({ wasmPath }: BackendOptions): Promise<string> {
  if (wasmPath === undefined) throw new Error('the folder of its binaries was not given');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(wasmPath);
  // The lab computes on one thread. Where a page is isolated from other origins tfjs would take its
  // threaded binary instead, whose glue code does not survive being bundled.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return 'WebAssembly on the processor, one thread';
}

async function startCpu(): Promise<string> {
  await import('@tensorflow/tfjs-backend-cpu');
  return 'plain JavaScript on the processor';
}
