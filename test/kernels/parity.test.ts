// The decoder, its losses, gradients and optimizer against PyTorch, on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import {
  checkAdamW,
  checkConverted,
  checkLogits,
  checkTraining,
  checkTrie,
  Tally,
} from '../parity/checks.ts';
import { checkObjectives, objectiveCases } from '../parity/objective-checks.ts';
import { CONVERTED, GOLDEN_GGUF, GOLDEN_MODELS, loadGoldenModel } from '../parity/golden-model.ts';

const read = async (path: string) => {
  const response = await fetch(`/test/golden/${path}`);
  return new Uint8Array(await response.arrayBuffer());
};

beforeAll(async () => {
  const { adapter } = await startBackend(['webgpu']);
  console.log(`WebGPU adapter: ${adapter}`);
});

test.each(GOLDEN_MODELS)('%s equals PyTorch', async (name) => {
  const before = tf.memory().numTensors;
  const model = await loadGoldenModel(name, read);
  const tally = new Tally();
  await checkLogits(model, 1e-3, tally);
  await checkTrie(model, 1e-3, tally);
  await checkTraining(model, tally);
  await checkAdamW(model, tally);
  model.dispose();
  console.log(`${name}: ${tally.numbers} numbers, worst ${tally.worst}`);
  expect(tf.memory().numTensors).toBe(before);
});

test.each(GOLDEN_GGUF)('%s.gguf equals PyTorch', async (name, tolerance) => {
  const model = await loadGoldenModel(name, read, 'gguf');
  const tally = new Tally();
  await checkLogits(model, tolerance, tally);
  await checkTraining(model, tally);
  model.dispose();
  console.log(`${name}.gguf: ${tally.numbers} numbers, worst ${tally.worst}`);
});

test.each(CONVERTED)('%s as llama.cpp converts it has transformers’ logits', async (name) => {
  const tally = new Tally();
  await checkConverted(name, read, 2e-4, tally);
  console.log(`${name}: ${tally.numbers} logits, worst ${tally.worst}`);
});

test('exact objectives equal PyTorch', async () => {
  const tally = new Tally();
  for (const one of await objectiveCases(read)) await checkObjectives(one, read, tally);
  console.log(`objectives: ${tally.numbers} numbers, worst ${tally.worst}`);
});
