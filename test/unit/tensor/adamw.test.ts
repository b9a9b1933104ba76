// AdamW on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkAdamW } from '../../support/operations/adamw.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each([1, 3, 64, 1001])('%i parameters, all of which decay', (total) =>
    checkAdamW(total, false, 1e-6),
  );
  test('some of which decay', () => checkAdamW(70, true, 1e-6));
});
