// Tokens drawn and chosen by a head on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import {
  checkDistribution,
  checkExactDraws,
  checkLargeVocabulary,
  checkLikeliest,
  PIECES,
} from '../support/operations/draw-checks.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each([50, 700])('draws from %i tokens are distributed as the softmax', async (vocab) => {
  await checkDistribution(vocab, { temperature: 0.9 });
  await checkDistribution(vocab, { temperature: 1.2, softCap: 3, chunk: 17 });
  expect(failure.error).toBeUndefined();
});

test.each(PIECES)('one token for one uniform number, %o', async (options) => {
  await checkExactDraws(options);
  expect(failure.error).toBeUndefined();
});

test.each(PIECES)('the likeliest tokens, %o', async (options) => {
  await checkLikeliest(options);
  expect(failure.error).toBeUndefined();
});

test.each(['f32', 'bf16', 'int8', 'int4'] as const)(
  'a vocabulary of 151,936 in %s',
  async (format) => {
    await checkLargeVocabulary(format);
    expect(failure.error).toBeUndefined();
  },
);
