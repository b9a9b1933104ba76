// Gradients of whole models: groups add up, and every weight's slope is the loss's own.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import { Decoder } from '../../../src/model/decoder/decoder.ts';
import { weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { pack } from '../../../src/model/decoder/pack.ts';
import type { Example } from '../../../src/model/decoder/pack.ts';
import { Gradients } from '../../../src/model/decoder/parameters.ts';
import { loadWeights } from '../../../src/model/decoder/decoder-weights.ts';
import { trieLoss } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { accumulate } from '../../../src/training/passes.ts';
import { expectClose } from '../../support/compare.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { reportsOf, tinyBatches, tinyLora, tinyRun } from '../../support/training-runs.ts';

beforeAll(async () => {
  await startNodeBackend('wasm');
}, 60_000);

describe('gradient accumulation', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadTinyModel();
  });

  /** The summed gradient of one step over these groups, on an adapter that is no longer fresh. */
  async function stepOf(split: (examples: readonly Example[]) => (readonly Example[])[]) {
    const adapter = tinyLora(model);
    let gradient: Float32Array | undefined;
    const batches = tinyBatches(model, 'soft');
    const reports = await reportsOf(
      tinyRun(model, adapter, {
        dropout: 0,
        steps: 3,
        batch: (step) => {
          const batch = batches(step);
          return step < 2 ? batch : { ...batch, groups: split(batch.groups.flat()) };
        },
        reduce: async (values) => (gradient = values.slice()),
      }),
    );
    adapter.dispose();
    return { gradient: gradient!, loss: reports.at(-1)!.loss };
  }

  test('a pass in which no node carries weight adds nothing', async () => {
    const whole = await stepOf((examples) => [examples]);
    const silent = ({ prompt, supervision }: Example): Example => ({
      prompt,
      supervision: { ...supervision, weight: supervision.weight.map(() => 0) },
    });
    expect(await stepOf((examples) => [examples, [silent(examples[0]!)]])).toEqual(whole);
    const none = await stepOf((examples) => [examples.map(silent)]);
    expect(none.loss).toBe(0);
    expect(none.gradient.every((value) => value === 0)).toBe(true);
  });

  test('groups split in any way give one gradient', async () => {
    const whole = await stepOf((examples) => [examples]);
    for (const split of [
      (examples: readonly Example[]) => examples.map((example) => [example]),
      ([first, ...others]: readonly Example[]) => [[first!], others],
      ([first, second, third]: readonly Example[]) => [[third!, first!], [second!]],
    ]) {
      const parts = await stepOf(split);
      // Products choose their path by their shapes, so sums may be rounded in another order.
      expectClose(parts.gradient, whole.gradient, 5e-6, 'gradient');
      expect(parts.loss).toBeCloseTo(whole.loss, 5);
    }
  });
});

const CONFIG = {
  vocab_size: 31,
  hidden_size: 14,
  intermediate_size: 18,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  max_position_embeddings: 64,
};

test.each([
  ['qwen3 with a tied head', { model_type: 'qwen3', tie_word_embeddings: true }],
  ['llama with biases and a head of its own', { model_type: 'llama', attention_bias: true }],
])('every weight of %s', async (_, config) => {
  const spec = decoderSpecFrom({ ...CONFIG, ...config });
  const shapes = weightShapes(spec);
  const weights = await loadWeights(spec, (name) => {
    const random = randomStream(1, name);
    const centre = name.includes('norm') ? 1 : 0;
    const size = shapes.get(name)!.reduce((a, b) => a * b, 1);
    return Float32Array.from({ length: size }, () => centre + 0.3 * random.normal());
  });
  const decoder = new Decoder(spec, weights);
  const tensors = weights.trainable();
  const paths = [
    [4, 9, 2],
    [4, 9, 7, 2],
    [30, 2],
  ].map((tokens) => ({ tokens }));
  const examples: Example[] = [
    { prompt: [5, 6, 5], supervision: mergePaths(paths) },
    { prompt: [8], supervision: mergePaths(paths.slice(1)) },
  ];
  const { batch, targets } = pack(examples);
  const lossWith = (name: string, tensor: tf.Tensor) => {
    weights.replace(name, tf.keep(tensor.clone()));
    const { hidden } = decoder.forward(batch);
    return trieLoss(hidden, decoder.head, targets, 'cross-entropy').loss.dataSync()[0]!;
  };
  const gradients = tf.tidy(() => {
    const sink = new Gradients(tensors.keys());
    accumulate(decoder, examples, 1, sink, { kind: 'cross-entropy' });
    return [...tensors].map(([name, { shape }]) => sink.get(name, shape));
  });
  // The loss is probed by replacing tensors: copies stay as they were.
  const originals = [...tensors].map(([name, tensor]) => [name, tensor.clone()] as const);

  for (const [i, [name, weight]] of originals.entries()) {
    tf.tidy(() => {
      const gradient = gradients[i]!;
      const norm = tf.norm(gradient).dataSync()[0]!;
      expect(norm, name).toBeGreaterThan(1e-3);
      // Along the gradient, where the loss moves most, and askew, where nothing should be hidden.
      const random = tf.randomNormal(weight.shape, 0, 1, 'float32', 7);
      const direction = tf.add(tf.div(gradient, norm), tf.div(random, tf.norm(random)));
      const at = (h: number) => lossWith(name, tf.add(weight, tf.mul(direction, h)));
      const h = 4e-3;
      const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      const expected = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
      expect(Math.abs(slope - expected), `${name}: ${slope}, ${expected}`).toBeLessThan(
        5e-3 * norm + 2e-3,
      );
      weights.replace(name, tf.keep(weight.clone()));
    });
  }
  tf.dispose([gradients, originals.map(([, tensor]) => tensor)]);
  weights.dispose();
});
