// The decoder, its losses, gradients and optimizer against PyTorch, on wasm and cpu.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { checkAdamW, checkLogits, checkTraining, checkTrie, Tally } from '../../parity/checks.ts';
import { GOLDEN_GGUF, GOLDEN_MODELS, loadGoldenModel } from '../../parity/golden-model.ts';

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each(GOLDEN_MODELS)('%s equals PyTorch', async (name) => {
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

  test.each(GOLDEN_GGUF)('%s.gguf equals PyTorch', async (name, tolerance) => {
    const before = tf.memory().numTensors;
    const model = await loadGoldenModel(name, read, 'gguf');
    const tally = new Tally();
    await checkLogits(model, tolerance, tally);
    await checkTraining(model, tally);
    model.dispose();
    console.log(`${name}.gguf on ${backend}: ${tally.numbers} numbers, worst ${tally.worst}`);
    expect(tf.memory().numTensors).toBe(before);
  });
});
