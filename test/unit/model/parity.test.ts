// The decoder, its losses, gradients and optimizer against PyTorch, on wasm and cpu.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { checkAdamW, checkLogits, checkTraining, checkTrie, Tally } from '../../parity/checks.ts';
import { loadGoldenModel } from '../../parity/golden-model.ts';

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
const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each(MODELS)('%s equals PyTorch', async (name) => {
    const before = tf.memory().numTensors;
    const model = await loadGoldenModel(name, read);
    const tally = new Tally();
    await checkLogits(model, 2e-4, tally);
    await checkTrie(model, 2e-4, tally);
    await checkTraining(model, tally);
    await checkAdamW(model, tally);
    model.dispose();
    console.log(`${name} on ${backend}: ${tally.numbers} numbers, worst ${tally.worst}`);
    expect(tf.memory().numTensors).toBe(before);
  });
});
