// Whole training steps on WebGPU: the same bits twice, and the losses that wasm has.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { selfTestLosses } from '../../src/training/self-test.ts';

beforeAll(() => startBackend(['webgpu']));

test('three training steps give the same bits again and leave no tensors', async () => {
  const before = tf.memory().numTensors;
  const losses = await selfTestLosses();
  expect(await selfTestLosses()).toEqual(losses);
  expect(tf.memory().numTensors).toBe(before);
});
