// Rows taken, added into place and embedded, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import { checkSameSums, ROW_OPERATIONS } from '../../support/operations/rows.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(ROW_OPERATIONS)('$name', (operation) => checkOperation(operation));

  test('sums have one result', () => checkSameSums(300, 7, 33));
});
