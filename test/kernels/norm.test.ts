// Norms on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import { checkOperation } from '../support/operation.ts';
import { checkAddedGradient, NORM_CASES, normOn } from '../support/operations/norm.ts';

const errors: string[] = [];
beforeAll(() => startBackend(['webgpu'], { onDeviceError: (message) => errors.push(message) }));

test.each(NORM_CASES.map(normOn))('$name', async (operation) => {
  await checkOperation(operation);
  expect(errors).toEqual([]);
});

test('gradients with a tensor added equal the composition', async () => {
  for (const shape of NORM_CASES) await checkAddedGradient(shape, 1e-5);
});
