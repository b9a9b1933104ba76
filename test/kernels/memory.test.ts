// Memory on WebGPU: what was predicted, and the same after many steps as after a few.
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/core/random.ts';
import { mergePaths } from '../../src/core/targets/merge-paths.ts';
import { Decoder } from '../../src/model/decoder/decoder.ts';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { loadWeights } from '../../src/model/decoder/decoder-weights.ts';
import type { WeightFormat } from '../../src/tensor/matrix.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { createLora } from '../../src/model/adapter/lora.ts';
import { trainingMemory } from '../../src/model/memory-estimate.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import type { Example } from '../../src/model/decoder/pack.ts';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import type { LabWebGpuBackend } from '../../src/tensor/webgpu/lab-backend.ts';
import { train } from '../../src/training/trainer.ts';

beforeAll(() => startBackend(['webgpu']));

const MODEL = {
  model_type: 'llama',
  ...{ vocab_size: 3000, hidden_size: 96, intermediate_size: 256, num_hidden_layers: 4 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, head_dim: 24 },
};
const ADAPTER = { rank: 8, targets: ['q', 'k', 'v', 'o'] } as const;

const pool = () => (tf.backend() as LabWebGpuBackend).pool;

async function modelOf(format: WeightFormat) {
  const spec = decoderSpecFrom(MODEL);
  const shapes = weightShapes(spec);
  const weights = await loadWeights(
    spec,
    (name) => {
      const random = randomStream(1, name);
      const size = shapes.get(name)!.reduce((a, b) => a * b, 1);
      return Float32Array.from({ length: size }, () => 0.05 * random.normal());
    },
    format,
  );
  return new Decoder(spec, weights);
}

function examplesOf(step: number, prompts: number): Example[] {
  const random = randomStream(2, 'examples', step);
  return Array.from({ length: prompts }, () => ({
    prompt: Array.from({ length: 8 + random.integer(24) }, () => random.integer(3000)),
    supervision: mergePaths(
      Array.from({ length: 8 }, () => ({
        tokens: Array.from({ length: 5 }, () => random.integer(20)),
      })),
    ),
  }));
}

const LORA = { ...ADAPTER, alpha: 16, dropout: 0.1 };

function run(
  decoder: Decoder,
  examples: (step: number) => Example[],
  steps: number,
  recompute: boolean,
) {
  const adapter = createLora(decoder.spec, LORA, 1);
  const reports = train({
    decoder,
    adapter,
    dropout: 0.1,
    steps,
    recompute,
    batch: (step) => ({
      groups: [examples(step)],
      normalizer: 8,
      promptTokens: 0,
      answerTokens: 0,
    }),
    learningRate: () => 1e-3,
    loss: 'kl',
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    seed: 3,
    reportEvery: 1,
  });
  return { adapter, reports };
}

describe.each([
  ['f32', false],
  ['f32', true],
  ['bf16', false],
  ['int8', true],
  ['int4', false],
] as const)('weights in %s, recomputing %s', (format, recompute) => {
  test('the estimate is within 15 % of the peak', async () => {
    const before = pool().numBytesUsed;
    const decoder = await modelOf(format);
    const examples = examplesOf(0, 8);
    const { adapter, reports } = run(decoder, () => examples, 2, recompute);
    for await (const { step } of reports) if (step === 1) pool().peakBytesUsed = 0;
    const peak = pool().peakBytesUsed - before;
    const { rows, slots, outputs } = pack(examples).batch;
    const size = { tokens: rows * slots, outputs: outputs.length };
    const estimate = trainingMemory(decoder.spec, size, ADAPTER, format, recompute);
    console.log(`${format} ${recompute}: peak ${peak}, estimate ${JSON.stringify(estimate)}`);
    expect(estimate.total / peak).toBeGreaterThan(0.85);
    expect(estimate.total / peak).toBeLessThan(1.15);
    adapter.dispose();
    decoder.dispose();
  });
});

test('tensors and bytes stay the same over steps of many shapes', async () => {
  const decoder = await modelOf('f32');
  const { adapter, reports } = run(decoder, (step) => examplesOf(step, 2), 60, false);
  const seen: { tensors: number; used: number; allocated: number }[] = [];
  for await (const { step } of reports) {
    void step;
    const { numBytesUsed: used, numBytesAllocated: allocated } = pool();
    seen.push({ tensors: tf.memory().numTensors, used, allocated });
  }
  expect(new Set(seen.map(({ tensors }) => tensors)).size).toBe(1);
  const late = seen.slice(30);
  expect(Math.max(...late.map(({ used }) => used))).toBeLessThanOrEqual(
    1.02 * Math.max(...seen.slice(0, 30).map(({ used }) => used)),
  );
  // The pool's bound holds whatever shapes came by.
  for (const { used, allocated } of seen) expect(allocated - used).toBeLessThan(129 * 2 ** 20);
  adapter.dispose();
  decoder.dispose();
});
