// Activations on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { checkOperation } from '../support/operation.ts';
import { ACTIVATIONS } from '../support/operations/activation.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each(ACTIVATIONS)('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});
