// Tokens drawn and chosen by a head, on wasm and cpu.
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import {
  checkDistribution,
  checkExactDraws,
  checkLargeVocabulary,
  checkLikeliest,
  PIECES,
} from '../../support/operations/draw-checks.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each([50, 700])('draws from %i tokens are distributed as the softmax', async (vocab) => {
    await checkDistribution(vocab, { temperature: 0.9 });
    await checkDistribution(vocab, { temperature: 1.2, softCap: 3, chunk: 17 });
  });
  test('a vocabulary of 151,936', () => checkLargeVocabulary('f32'));
  test.each(PIECES)('one token for one uniform number, %o', checkExactDraws);
  test.each(PIECES)('the likeliest tokens, %o', checkLikeliest);
});
