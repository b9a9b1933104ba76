import { expect, test } from 'vitest';
import { machineNotice } from '../../../src/lab/machine-notice.ts';

test('a real GPU needs no notice', () => {
  expect(
    machineNotice({ name: 'webgpu', adapter: 'apple metal-3', passedOver: [] }),
  ).toBeUndefined();
});

test('a processor that poses as a GPU is named', () => {
  const started = { name: 'webgpu', adapter: 'google swiftshader', passedOver: [] } as const;
  expect(machineNotice(started)).toMatch(
    /^WebGPU runs on the processor here \(google swiftshader\)/,
  );
});

test('without WebGPU the reason is given, and what is slower', () => {
  const passedOver = [{ name: 'webgpu', reason: 'this browser has no WebGPU' }] as const;
  const notice = machineNotice({ name: 'wasm', adapter: 'WebAssembly', passedOver });
  expect(notice).toMatch(/cannot use WebGPU \(this browser has no WebGPU\)/);
  expect(notice).toMatch(/several times longer/);
});
