// Faults of a device on WebGPU inside Chromium: typed where they happen, and no one else's.
import { afterEach, expect, test, vi } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import { DeviceLostError, OutOfMemoryError, ProgramError } from '../../src/tensor/device-errors.ts';
import { runOnHost } from '../../src/tensor/host-kernel.ts';
import * as tf from '../../src/tensor/tf.ts';
import { gpu } from '../../src/tensor/webgpu/gpu.ts';
import type { Program } from '../../src/tensor/webgpu/gpu.ts';

const wasmPath = '/wasm/';

afterEach(() => vi.restoreAllMocks());

const program = (name: string, code: string): Program => ({
  name,
  reads: {},
  writes: { y: 'array<f32>' },
  uniforms: {},
  code: `@compute @workgroup_size(1) fn main() { ${code} }`,
});

/** Runs a program on a tensor of its own, and reads that. */
async function outcome(code: string): Promise<Float32Array> {
  const y = gpu().zeros([4]);
  gpu().run(program(`probe ${code}`, code), { tensors: { y }, uniforms: {}, workgroups: [1] });
  return (await tf.engine().makeTensorFromTensorInfo(y).data()) as Float32Array;
}

test('H5: a browser that never answers is passed over, and asked once only', async () => {
  const ask = vi.spyOn(navigator.gpu, 'requestAdapter').mockReturnValue(new Promise(() => {}));
  const { name, passedOver } = await startBackend(['webgpu', 'wasm'], { wasmPath });
  expect(name).toBe('wasm');
  expect(passedOver).toEqual([
    { name: 'webgpu', reason: "this browser's WebGPU gave no answer within 5 seconds" },
  ]);
  await startBackend(['webgpu', 'wasm'], { wasmPath });
  expect(ask).toHaveBeenCalledTimes(1);
});

test('K1: a program that does not compile is named, and wasm takes over', async () => {
  forget();
  const { name, passedOver, failure } = await startBackend(
    ['webgpu', 'wasm'],
    { wasmPath },
    async () => {
      if (tf.getBackend() === 'webgpu') await outcome('y[0] = nonsense;');
    },
  );
  expect(name).toBe('wasm');
  expect(passedOver[0]!.reason).toMatch(/^probe y\[0\] = nonsense; does not run: /);
  expect(failure.error).toBeUndefined();
  const sum = tf.tidy(() => tf.sum(tf.ones([3])));
  expect(await failure.guard(sum.data())).toEqual(Float32Array.of(3));
});

test('K1: a GPU lost later does not kill the run on wasm that took its place', async () => {
  forget();
  let lose: (info: GPUDeviceLostInfo) => void;
  const request = GPUAdapter.prototype.requestDevice;
  vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(async function (
    this: GPUAdapter,
    ...wish
  ) {
    const device = await request.apply(this, wish);
    const lost = new Promise<GPUDeviceLostInfo>((resolve) => (lose = resolve));
    Object.defineProperty(device, 'lost', { value: lost });
    return device;
  });
  const refused = async () => {
    if (tf.getBackend() === 'webgpu') throw new Error('it computes wrongly');
  };
  const { name, failure } = await startBackend(['webgpu', 'wasm'], { wasmPath }, refused);
  lose!({ reason: 'unknown', message: 'the process crashed' } as GPUDeviceLostInfo);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([name, failure.error]).toEqual(['wasm', undefined]);

  const gpuRun = (await startBackend(['webgpu'])).failure;
  const waiting = gpuRun.guard(new Promise(() => {}));
  lose!({ reason: 'unknown', message: 'the process crashed' } as GPUDeviceLostInfo);
  await expect(waiting).rejects.toBeInstanceOf(DeviceLostError);
  await expect(outcome('y[0] = 1.0;')).rejects.toThrow('the GPU was lost: the process crashed');
});

test('K1: out of memory, a refused program and wasm without room are told by class', async () => {
  forget();
  const { failure } = await startBackend(['webgpu']);
  await expect(outcome('y[0] = nonsense;')).rejects.toBeInstanceOf(ProgramError);
  expect(failure.error).toBeInstanceOf(ProgramError);

  const other = (await startBackend(['webgpu'])).failure;
  const event = new GPUUncapturedErrorEvent('uncapturederror', {
    error: new GPUOutOfMemoryError('no room'),
  });
  gpu().device.dispatchEvent(event);
  await expect(other.guard(Promise.resolve())).rejects.toBeInstanceOf(OutOfMemoryError);

  await startBackend(['wasm'], { wasmPath });
  // More than 4 GiB by a few bytes, which are all that would be allocated.
  expect(() => runOnHost([], [2 ** 30 + 5], () => {})).toThrow(OutOfMemoryError);
  expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync())).toEqual(Float32Array.of(3));
});

/** The browser that did not answer is another one in the tests that follow. */
function forget(): void {
  vi.restoreAllMocks();
  const { gpu: real } = navigator;
  const fresh = { requestAdapter: (wish?: GPURequestAdapterOptions) => real.requestAdapter(wish) };
  Object.defineProperty(navigator, 'gpu', { value: fresh, configurable: true });
}
