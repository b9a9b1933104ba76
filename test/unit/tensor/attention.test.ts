// Attention over trees against double precision and tfjs's tape, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import { ATTENTION_CASES, ATTENTIONS, nameOf } from '../../support/operations/attention.ts';
import {
  checkCache,
  checkKernel,
  checkLogSums,
} from '../../support/operations/attention-checks.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(ATTENTIONS)('$name', (operation) => checkOperation(operation));

  test.each(ATTENTION_CASES.map((c) => ({ name: nameOf(c), c })))(
    'log-sums and again: $name',
    async ({ c }) => {
      await checkLogSums(c, 2e-6);
      await checkKernel(c, 1e-5);
    },
  );

  test('a cache stands for the tokens of earlier passes', async () => {
    for (const c of ATTENTION_CASES.filter(({ rows, slots }) => rows === 1 && slots > 1)) {
      for (const first of [1, c.slots - 1]) await checkCache(c, first, 1e-6);
    }
  });
});
