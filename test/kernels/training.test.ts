// Whole training steps on WebGPU: the same bits twice, and the losses that wasm has.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { selfTestLosses } from '../../src/training/self-test.ts';
import { lossCurve } from '../support/loss-curve.ts';

beforeAll(() => startBackend(['webgpu']));

const bytes = async (path: string) => {
  const response = await fetch(`/test/golden/${path}`);
  return new Uint8Array(await response.arrayBuffer());
};

test('three training steps give the same bits again and leave no tensors', async () => {
  const before = tf.memory().numTensors;
  const losses = await selfTestLosses();
  expect(await selfTestLosses()).toEqual(losses);
  expect(tf.memory().numTensors).toBe(before);
});

test('fifty steps with dropout follow the curve of wasm within 0.5 %', async () => {
  const stored = new TextDecoder().decode(await bytes('loss-curve.json'));
  const { losses } = JSON.parse(stored) as { losses: number[] };
  const read = (name: string) => bytes(`models/qwen3/${name}`);
  const curve = await lossCurve(read);
  const off = curve.map((loss, i) => Math.abs(loss / losses[i]! - 1));
  console.log(`worst difference from wasm: ${Math.max(...off)}`);
  off.forEach((difference, i) => expect(difference, `step ${i}`).toBeLessThan(0.005));
  expect(await lossCurve(read)).toEqual(curve);
});
