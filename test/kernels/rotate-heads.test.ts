// Norming and turning heads on WebGPU inside Chromium.
import { beforeAll, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import { checkOperation } from '../support/operation.ts';
import {
  checkRepeatedRotation,
  ROTATE_HEADS_CASES,
  ROTATIONS,
} from '../support/operations/rotate-heads.ts';

beforeAll(() => startBackend(['webgpu']));

test.each(ROTATIONS)('$name', (operation) => checkOperation(operation));

test('the same bits twice, and with or without the gradients of norms', async () => {
  for (const c of ROTATE_HEADS_CASES) await checkRepeatedRotation(c);
});
