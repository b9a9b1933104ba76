// The WebGPU device that the lab computes on: asked for with a deadline, its errors typed.
import {
  DeviceLostError,
  NoDeviceError,
  OutOfMemoryError,
  ProgramError,
  type DeviceError,
} from '../device-errors.ts';
import type { DeviceFailure } from '../device-failure.ts';

/** A browser that starts its GPU process answers within a second or two; some never do. */
const DEADLINE_MS = 5000;

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

/** Those that let a request pass its deadline are not waited for a second time. */
const silent = new WeakSet<GPU>();

/** @throws NoDeviceError that says why there is none, `DEADLINE_MS` later at most */
export async function requestAdapter(): Promise<GPUAdapter> {
  // Missing in browsers without WebGPU and outside secure contexts.
  const gpu = (globalThis.navigator as Partial<Navigator> | undefined)?.gpu;
  if (!gpu) throw new NoDeviceError('this browser has no WebGPU');
  if (silent.has(gpu)) throw noAnswer();
  try {
    const adapter = await inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (adapter === null) throw new NoDeviceError('this browser offers no WebGPU adapter');
    return adapter;
  } catch (error) {
    if (error instanceof LateError) {
      silent.add(gpu);
      throw noAnswer();
    }
    throw error instanceof NoDeviceError ? error : new NoDeviceError(messageOf(error));
  }
}

/** A device of the adapter whose errors go to `failure`. @throws NoDeviceError */
export async function requestDevice(
  adapter: GPUAdapter,
  failure: DeviceFailure,
): Promise<GPUDevice> {
  const asked = adapter.requestDevice({
    requiredFeatures: OPTIONAL_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const device = await inTime(asked).catch((error: unknown) => {
    throw error instanceof LateError ? noAnswer() : new NoDeviceError(messageOf(error));
  });
  device.addEventListener('uncapturederror', ({ error }) => failure.report(typed(error)));
  void device.lost.then(({ message }) => {
    // One that we destroy ourselves is no longer wanted, and nobody hears of its failure.
    failure.report(new DeviceLostError(`the GPU was lost${message ? `: ${message}` : ''}`));
  });
  return device;
}

/** Reports what goes wrong while `make` makes a program of this name. */
export function watchProgram<T>(
  device: GPUDevice,
  failure: DeviceFailure,
  name: string,
  make: () => T,
): T {
  const filters = ['validation', 'internal'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  try {
    return make();
  } finally {
    for (let open = filters.length; open > 0; open--) {
      void device.popErrorScope().then(
        (error) => {
          if (error) failure.report(new ProgramError(`${name} does not run: ${error.message}`));
        },
        () => {}, // The device is gone; that is reported as its loss.
      );
    }
  }
}

function typed(error: GPUError): DeviceError {
  return error instanceof GPUOutOfMemoryError
    ? new OutOfMemoryError(`the GPU is out of memory${error.message ? `: ${error.message}` : ''}`)
    : new ProgramError(`the GPU refuses a program: ${error.message}`);
}

class LateError extends Error {}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError()), DEADLINE_MS);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

const noAnswer = () =>
  new NoDeviceError(`this browser's WebGPU gave no answer within ${DEADLINE_MS / 1000} seconds`);

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
