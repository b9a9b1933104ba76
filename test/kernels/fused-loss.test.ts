// The fused loss on WebGPU inside Chromium: small vocabularies against the tape, large ones in chunks.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { checkOperation } from '../support/operation.ts';
import {
  checkLargeHead,
  checkPieces,
  checkTargetLogProbabilities,
} from '../support/operations/trie-loss-checks.ts';
import { LOSSES } from '../support/operations/trie-loss.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each(LOSSES)('$name', async (operation) => {
  await checkOperation(operation);
  expect(failure.error).toBeUndefined();
});

test('the loss in pieces equals the loss in one pass', async () => {
  for (const pieces of [{ chunk: 1 }, { chunk: 7 }, { chunk: 22, maxBytes: 4 * 40 }]) {
    await checkPieces({ rows: 4, width: 6, vocab: 23 }, pieces, 1e-5);
  }
  await checkPieces({ rows: 3, width: 8, vocab: 300 }, { chunk: 128 }, 1e-5);
  expect(failure.error).toBeUndefined();
});

test('log-probabilities of the targets alone', async () => {
  await checkTargetLogProbabilities({ rows: 5, width: 3, vocab: 17 }, { chunk: 6 }, 1e-5);
  const options = { temperature: 1.3, softCap: 4, maxBytes: 4 * 700 };
  await checkTargetLogProbabilities({ rows: 9, width: 8, vocab: 600 }, options, 1e-5);
  await checkTargetLogProbabilities({ rows: 3, width: 4, vocab: 151_936 }, {}, 1e-6);
  expect(failure.error).toBeUndefined();
});

test.each(['f32', 'bf16', 'int8', 'int4'] as const)(
  'a vocabulary of 151,936 in %s',
  async (format) => {
    await checkLargeHead(format, 151_936, { temperature: 0.8 }, 1e-5);
    expect(failure.error).toBeUndefined();
  },
);
test.each(['f32', 'bf16', 'int8', 'int4'] as const)('a vocabulary of 50 in %s', async (format) => {
  await checkLargeHead(format, 50, { softCap: 3 }, 1e-5);
  expect(failure.error).toBeUndefined();
});
