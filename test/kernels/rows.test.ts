// Rows taken, added into place and embedded on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { checkOperation } from '../support/operation.ts';
import { checkPackedTables, checkSameSums, ROW_OPERATIONS } from '../support/operations/rows.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each(ROW_OPERATIONS)('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});

test.each([1, 2, 4, 31, 64, 70])('rows of packed tables of width %i', async (width) => {
  await checkPackedTables(9, width);
  expect(failure.error).toBeUndefined();
});

test('sums have one result', () => checkSameSums(300, 7, 33));
