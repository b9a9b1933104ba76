import { expect, test } from 'vitest';

test('this browser has a WebGPU adapter', async () => {
  expect(await navigator.gpu.requestAdapter()).not.toBeNull();
});
