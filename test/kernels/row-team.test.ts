// The programs that GPUs run, workgroups sharing a row, on whatever adapter this is.
import { beforeAll, expect, test, vi } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { rowTeam } from '../../src/tensor/webgpu/row-team.ts';
import { checkOperation } from '../support/operation.ts';
import {
  checkDistribution,
  checkExactDraws,
  checkLargeVocabulary,
  checkLikeliest,
  PIECES,
} from '../support/operations/draw-checks.ts';
import { checkAddedGradient, NORM_CASES, normOn } from '../support/operations/norm.ts';
import {
  checkLargeHead,
  checkPieces,
  checkTargetLogProbabilities,
} from '../support/operations/trie-loss-checks.ts';
import { LOSSES } from '../support/operations/trie-loss.ts';

vi.mock(import('../../src/tensor/webgpu/tuning.ts'), async (original) => ({
  ...(await original()),
  onProcessor: () => false,
  wantedInvocations: () => 32_768,
}));

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test('rows are shared', () => {
  expect(rowTeam(10).size).toBe(64);
  expect(rowTeam(1000).size).toBe(256);
});

test.each(NORM_CASES.map(normOn))('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});

test('gradients of norms with a tensor added equal the composition', async () => {
  for (const shape of NORM_CASES) await checkAddedGradient(shape, 1e-5);
  await checkAddedGradient({ ...NORM_CASES[0]!, n: 2, width: 2600 }, 1e-5);
});

test.each(LOSSES)('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});

test('the loss in pieces, and log-probabilities', async () => {
  await checkPieces({ rows: 4, width: 6, vocab: 300 }, { chunk: 77, maxBytes: 4 * 200 }, 1e-5);
  const options = { temperature: 1.3, softCap: 4, chunk: 128 };
  await checkTargetLogProbabilities({ rows: 9, width: 8, vocab: 600 }, options, 1e-5);
  expect(failure.error).toBeUndefined();
});

test('a vocabulary of 151,936', async () => {
  await checkLargeHead('bf16', 151_936, {}, 1e-5);
  await checkLargeVocabulary('int8');
  expect(failure.error).toBeUndefined();
});

test.each(PIECES)('draws and likeliest tokens, %o', async (options) => {
  await checkExactDraws(options);
  await checkLikeliest(options);
  await checkDistribution(130, { ...options, temperature: 0.9 });
  expect(failure.error).toBeUndefined();
});
