// Norms against double precision and tfjs's tape, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import { checkAddedGradient, NORM_CASES, normOn } from '../../support/operations/norm.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(NORM_CASES.map(normOn))('$name', (operation) => checkOperation(operation));

  test('gradients with a tensor added', async () => {
    for (const shape of NORM_CASES) await checkAddedGradient(shape, 1e-5);
  });
});
