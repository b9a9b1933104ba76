import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

test('counts dispatches of every kind and passes them on', async () => {
  const sent: unknown[] = [];
  class GPUComputePassEncoder {
    dispatchWorkgroups(...sizes: number[]) {
      sent.push(sizes);
    }
    dispatchWorkgroupsIndirect(buffer: unknown, offset: number) {
      sent.push([buffer, offset]);
    }
  }
  vi.stubGlobal('GPUComputePassEncoder', GPUComputePassEncoder);
  vi.resetModules();
  const counter = await import('../../../bench/tasks/dispatch-counter.ts');
  counter.watchDispatches();
  const pass = new GPUComputePassEncoder();
  pass.dispatchWorkgroups(1, 2);
  pass.dispatchWorkgroups(3);
  pass.dispatchWorkgroupsIndirect('buffer', 8);
  expect(counter.dispatches()).toBe(3);
  expect(sent).toEqual([[1, 2], [3], ['buffer', 8]]);
});

test('knows of none where there is no WebGPU', async () => {
  vi.resetModules();
  const counter = await import('../../../bench/tasks/dispatch-counter.ts');
  counter.watchDispatches();
  expect(counter.dispatches()).toBeNull();
});
