// Choosing and starting the tensor backend: webgpu on a device of our own, then wasm, then cpu.
import { DeviceError } from './device-errors.ts';
import { DeviceFailure } from './device-failure.ts';
import * as tf from './tf.ts';
import { refuseWithoutMemory } from './wasm/heap.ts';
import { attachKernels, fetchedFrom } from './wasm/kernels.ts';
import { SHARED_FOLDER } from './wasm/tfjs-binaries.ts';
import { registerWasmKernels } from './wasm/wasm-kernels.ts';
import type { ReadBinary } from './wasm/kernels.ts';
import type { TuningStore } from './webgpu/tuning.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';

export interface BackendOptions {
  /** Folder of the wasm binaries, ending in `/`; where it is left out wasm cannot start. */
  readonly wasmPath?: string;
  /** Whether threads may share the memory of wasm, and so the work of one product. */
  readonly sharesMemory?: boolean;
  /** Reads the binaries of our own kernels; unless given, they lie in `wasmPath`, which is an address. */
  readonly readKernels?: ReadBinary;
  /** Where the choice of kernel variants outlives the page; without, it is measured every time. */
  readonly tuning?: TuningStore;
}

export interface StartedBackend {
  readonly name: BackendName;
  /** What does the arithmetic, in words: the GPU's vendor and architecture, or the processor. */
  readonly adapter: string;
  /** What waits for this backend waits through its `guard`. */
  readonly failure: DeviceFailure;
  /** Why backends of a higher rank were passed over. */
  readonly passedOver: readonly { readonly name: BackendName; readonly reason: string }[];
}

/** A backend that runs but is not trusted yet. */
interface Running {
  readonly adapter: string;
  /** Gives the device back. */
  release(): void;
}

type Starter = (options: BackendOptions, failure: DeviceFailure) => Promise<Running>;

/** How long a self-test on a device that has failed may take to notice. */
const GRACE_MS = 2000;

/**
 * Starts the first of `candidates` that can be started and passes `selfTest`. What goes wrong with one
 * that is passed over, then or later, is not heard of by those after it.
 * @param selfTest throws if the backend computes wrongly
 * @throws DeviceError naming every candidate's reason if none can be used
 */
export async function startBackend(
  candidates: readonly BackendName[],
  options: BackendOptions = {},
  selfTest: () => Promise<void> = () => Promise.resolve(),
): Promise<StartedBackend> {
  const passedOver: { name: BackendName; reason: string }[] = [];
  for (const name of candidates) {
    const failure = new DeviceFailure();
    let running: Running | undefined;
    let test = Promise.resolve();
    try {
      const { adapter } = (running = await STARTERS[name](options, failure));
      if (!(await tf.setBackend(name))) throw new DeviceError('it could not be initialised');
      await tf.ready();
      if (name === 'wasm') await completeWasm(options);
      if (name === 'webgpu') await failure.guard(tuneKernels(adapter, options));
      test = selfTest();
      await failure.guard(test);
      return { name, adapter, failure, passedOver };
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
      await ended(test);
      running?.release();
    }
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new DeviceError(`no tensor backend can be used (${reasons})`);
}

const STARTERS: Record<BackendName, Starter> = {
  webgpu: startWebGpu,
  wasm: startWasm,
  cpu: startCpu,
};

async function startWebGpu(_: BackendOptions, failure: DeviceFailure): Promise<Running> {
  const { requestAdapter, requestDevice } = await import('./webgpu/device.ts');
  const adapter = await requestAdapter();
  const device = await requestDevice(adapter, failure);
  const [{ LabWebGpuBackend }, { registerWebGpuKernels }] = await Promise.all([
    import('./webgpu/lab-backend.ts'),
    import('./webgpu/webgpu-kernels.ts'),
  ]);
  // The import registers a backend on a device of its own choosing; ours takes its place.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new LabWebGpuBackend(device, adapter.info, failure), 3);
  registerWebGpuKernels();
  const { vendor, architecture, device: model, description } = adapter.info;
  const names = [vendor, architecture, model, description].filter(Boolean).join(' ');
  return {
    adapter: names || 'unnamed adapter',
    release() {
      // Not through the backend, which would wait for what the device was doing.
      device.destroy();
    },
  };
}

async function tuneKernels(adapter: string, { tuning }: BackendOptions): Promise<void> {
  const { tune } = await import('./webgpu/tuning.ts');
  await tune(adapter, tuning);
}

async function startWasm({ wasmPath, sharesMemory = false }: BackendOptions): Promise<Running> {
  if (wasmPath === undefined) throw new DeviceError('the folder of its binaries was not given');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // It refuses to be told where its binaries are once it has them.
  if (tf.engine().registry['wasm'] === undefined) {
    setWasmPaths(sharesMemory ? wasmPath + SHARED_FOLDER : wasmPath);
  }
  // Each of tfjs's kernels computes on one thread. Where a page is isolated from other origins tfjs would take its
  // threaded binary instead, whose glue code does not survive being bundled.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return { adapter: 'WebAssembly on the processor', release() {} };
}

async function completeWasm({
  wasmPath = '',
  readKernels = fetchedFrom(wasmPath),
}: BackendOptions) {
  refuseWithoutMemory();
  await attachKernels(readKernels);
  registerWasmKernels();
}

async function startCpu(): Promise<Running> {
  await import('@tensorflow/tfjs-backend-cpu');
  return { adapter: 'plain JavaScript on the processor', release() {} };
}

/** Until `work` is over, however it ends: it must not go on working on the next backend. */
async function ended(work: Promise<unknown>): Promise<void> {
  const over = work.then(
    () => {},
    () => {},
  );
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
}
