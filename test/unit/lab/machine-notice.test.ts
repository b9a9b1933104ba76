import { afterEach, expect, test, vi } from 'vitest';
import { backendOrder } from '../../../src/lab/backend-choice.ts';
import { machineNotice } from '../../../src/lab/machine-notice.ts';

test('a real GPU needs no notice', () => {
  expect(
    machineNotice({ name: 'webgpu', adapter: 'apple metal-3', passedOver: [] }),
  ).toBeUndefined();
});

test('a processor that poses as a GPU is named', () => {
  const started = { name: 'webgpu', adapter: 'google swiftshader', passedOver: [] } as const;
  expect(machineNotice(started)).toMatch(
    /^WebGPU is only simulated on the processor here \(google swiftshader\)/,
  );
});

test('without WebGPU the reason is given, and what is slower', () => {
  const passedOver = [{ name: 'webgpu', reason: 'this browser has no WebGPU' }] as const;
  const notice = machineNotice({ name: 'wasm', adapter: 'WebAssembly', passedOver });
  expect(notice).toMatch(/does not use WebGPU \(this browser has no WebGPU\)/);
  expect(notice).toMatch(/several times longer/);
  const chosen = { name: 'wasm', adapter: 'WebAssembly', passedOver: [] } as const;
  expect(machineNotice(chosen)).toMatch(/\(this browser only simulates it\)/);
  expect(machineNotice(chosen, { only: 'wasm' })).toMatch(
    /\(the address asks for another backend\)/,
  );
});

afterEach(() => vi.unstubAllGlobals());

const machineWith = (info: object | null) =>
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => info && { info } } });

test('a GPU goes first, a simulated one after WebAssembly, a wish alone', async () => {
  machineWith({ architecture: 'metal-3', description: '', isFallbackAdapter: false });
  expect(await backendOrder()).toEqual(['webgpu', 'wasm', 'cpu']);
  machineWith({ architecture: 'swiftshader', description: '' });
  expect(await backendOrder()).toEqual(['wasm', 'webgpu', 'cpu']);
  machineWith(null);
  expect(await backendOrder()).toEqual(['webgpu', 'wasm', 'cpu']);
  vi.stubGlobal('navigator', {});
  expect(await backendOrder()).toEqual(['webgpu', 'wasm', 'cpu']);
  expect(await backendOrder({ only: 'webgpu' })).toEqual(['webgpu']);
  expect(await backendOrder({ avoid: ['webgpu', 'cpu'] })).toEqual(['wasm', 'cpu']);
});
