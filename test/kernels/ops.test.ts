// Every operation against double precision and tfjs's tape, on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { selfTestLosses } from '../../src/training/self-test.ts';
import { checkOperation, GPU } from '../support/operation.ts';
import { OPERATIONS } from '../support/operations.ts';
import { checkChunks, checkTargetLogProbabilities } from '../support/trie-loss-checks.ts';

beforeAll(() => startBackend(['webgpu']));

test.each(OPERATIONS)('$name', (operation) => checkOperation(operation, GPU));

test('the loss in chunks equals the loss in one pass', async () => {
  for (const chunk of [1, 7, 22]) await checkChunks({ rows: 4, width: 6, vocab: 23 }, chunk, 5e-5);
});

test('log-probabilities of the targets alone', () =>
  checkTargetLogProbabilities({ rows: 5, width: 3, vocab: 17 }, { chunk: 6 }, 5e-5));

test('three training steps give the same bits again and leave no tensors', async () => {
  const before = tf.memory().numTensors;
  const losses = await selfTestLosses();
  expect(await selfTestLosses()).toEqual(losses);
  expect(tf.memory().numTensors).toBe(before);
});
