// AdamW on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { checkAdamW } from '../support/operations/adamw.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each([1, 3, 64, 1001])('%i parameters, all of which decay', async (total) => {
  await checkAdamW(total, false, 1e-5);
  expect(failure.error).toBeUndefined();
});
test('some of which decay', () => checkAdamW(70, true, 1e-5));
