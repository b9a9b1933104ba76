// The self-test passes where the arithmetic is right and leaves nothing behind.
import { expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { selfTest, selfTestLosses } from '../../../src/training/self-test.ts';

test.each(['wasm', 'cpu'] as const)('%s passes', async (backend) => {
  await startNodeBackend(backend);
  const before = tf.memory().numTensors;
  await selfTest();
  expect(tf.memory().numTensors).toBe(before);
});

test('training is what it tests: the loss falls', async () => {
  const [first, , last] = await selfTestLosses();
  expect(last!).toBeLessThan(first!);
});
