// Norming and turning heads against double precision and tfjs's tape, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import {
  checkRepeatedRotation,
  ROTATE_HEADS_CASES,
  ROTATIONS,
} from '../../support/operations/rotate-heads.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(ROTATIONS)('$name', (operation) => checkOperation(operation));

  test('the same bits twice', async () => {
    for (const c of ROTATE_HEADS_CASES) await checkRepeatedRotation(c);
  });
});
