// The decoder, its losses, gradients and optimizer against PyTorch, on WebGPU inside Chromium.
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { checkAdamW, checkLogits, checkTraining, checkTrie, Tally } from '../parity/checks.ts';
import { checkObjectives, objectiveCases } from '../parity/objective-checks.ts';
import { loadGoldenModel } from '../parity/golden-model.ts';

const MODELS = [
  'qwen3',
  'qwen3_bf16',
  'llama',
  'llama3_rope',
  'gemma3_text',
  'gemma3_text_linear',
  'gpt_oss',
  'gpt2',
  'gpt2_hub_names',
  'gemma2',
  'phi3',
  'phi3_longrope',
  'olmo2',
  'granite',
  'smollm3',
  'gpt_neox',
  'phi',
  'starcoder2',
  'cohere2',
];
const read = async (path: string) => {
  const response = await fetch(`/test/golden/${path}`);
  return new Uint8Array(await response.arrayBuffer());
};

beforeAll(async () => {
  const { adapter } = await startBackend(['webgpu']);
  console.log(`WebGPU adapter: ${adapter}`);
});

test.each(MODELS)('%s equals PyTorch', async (name) => {
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

test('exact objectives equal PyTorch', async () => {
  const tally = new Tally();
  for (const one of await objectiveCases(read)) await checkObjectives(one, read, tally);
  console.log(`objectives: ${tally.numbers} numbers, worst ${tally.worst}`);
});
