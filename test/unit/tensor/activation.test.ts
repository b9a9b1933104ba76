// Activations against double precision and tfjs's tape, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import { ACTIVATIONS } from '../../support/operations/activation.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(ACTIVATIONS)('$name', (operation) => checkOperation(operation));
});
