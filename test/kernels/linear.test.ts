// Linear maps and their branches on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import { checkLinear, LINEAR_CASES, nameOf } from '../support/operations/linear.ts';

const errors: string[] = [];
beforeAll(() => startBackend(['webgpu'], { onDeviceError: (message) => errors.push(message) }));

test.each(LINEAR_CASES.map((which) => [nameOf(which), which] as const))('%s', async (_, which) => {
  await checkLinear(which, 1e-5);
  expect(errors).toEqual([]);
});
