// Activations on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import { checkOperation } from '../support/operation.ts';
import { ACTIVATIONS } from '../support/operations/activation.ts';

const errors: string[] = [];
beforeAll(() => startBackend(['webgpu'], { onDeviceError: (message) => errors.push(message) }));

test.each(ACTIVATIONS)('$name', async (operation) => {
  await checkOperation(operation);
  expect(errors).toEqual([]);
});
