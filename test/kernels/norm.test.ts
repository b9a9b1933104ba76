// Norms on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { checkOperation } from '../support/operation.ts';
import { checkAddedGradient, NORM_CASES, normOn } from '../support/operations/norm.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each(NORM_CASES.map(normOn))('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});

test('gradients with a tensor added equal the composition', async () => {
  for (const shape of NORM_CASES) await checkAddedGradient(shape, 1e-5);
});
