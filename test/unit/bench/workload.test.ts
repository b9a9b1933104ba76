import { expect, test } from 'vitest';
import { stepFlops } from '../../../bench/model/flops.ts';
import { randomLora, randomWeights } from '../../../bench/model/random-weights.ts';
import { configOfSize } from '../../../bench/model/sizes.ts';
import { denseBatch } from '../../../bench/workload/dense-batch.ts';
import { softBatch } from '../../../bench/workload/soft-batch.ts';
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import { weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import { pack } from '../../../src/model/decoder/pack.ts';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

test.each([
  ['15m', 15_191_712],
  ['135m', 134_515_008],
  ['600m', 596_049_920],
])('%s has as many parameters as it is named for', (size, parameters) => {
  const shapes = weightShapes(decoderSpecFrom(configOfSize(size, {})));
  expect([...shapes.values()].map(product).reduce((a, b) => a + b, 0)).toBe(parameters);
});

test('weights depend on seed and name alone, and are bfloat16 numbers of variance 1 / columns', () => {
  const values = randomWeights(11)('a.weight', [200, 50]);
  expect(randomWeights(11)('a.weight', [200, 50])).toEqual(values);
  expect(randomWeights(12)('a.weight', [200, 50])).not.toEqual(values);
  expect(randomWeights(11)('b.weight', [200, 50])).not.toEqual(values);
  const bits = new Uint32Array(values.buffer);
  expect(bits.every((word) => (word & 0xffff) === 0)).toBe(true);
  const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
  expect(variance * 50).toBeGreaterThan(0.95);
  expect(variance * 50).toBeLessThan(1.05);
});

test('adapters have both sides of every attention projection, none of them zero', () => {
  const spec = decoderSpecFrom(configOfSize('tiny', {}));
  const adapter = randomLora(spec, 11);
  expect(adapter.size).toBe(2 * 4);
  const { a, b } = adapter.get('model.layers.1.self_attn.k_proj')!;
  expect([a.length, b.length]).toEqual([16 * 64, 32 * 16]);
  for (const side of [a, b]) expect(side.filter((v) => v === 0).length).toBeLessThan(3);
});

test('operations of a step, counted by hand', () => {
  const spec = decoderSpecFrom({
    ...{ model_type: 'llama', vocab_size: 20, hidden_size: 4, intermediate_size: 6 },
    ...{ num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1 },
    ...{ rms_norm_eps: 1e-5, max_position_embeddings: 8, tie_word_embeddings: true },
  });
  const { batch } = pack([
    { prompt: [7, 8, 9], supervision: mergePaths([{ tokens: [5, 1] }]) },
    { prompt: [7], supervision: mergePaths([{ tokens: [5] }]) },
  ]);
  // 5 tokens, of which 11 pairs see each other, and 3 outputs; padding does not count.
  // The MLP of the one layer runs on the outputs.
  const frozen = 2 * 5 * (16 + 8 + 8 + 16) + 2 * 3 * (3 * 24);
  const adapter = 2 * 5 * 16 * (8 + 6 + 6 + 8);
  const attention = 2 * (2 * 11 * 4);
  const head = 2 * 3 * 20 * 4;
  const forward = frozen + adapter + attention + head;
  const backward = frozen + 2 * adapter + 2 * attention + head;
  const unneeded = 2 * 5 * (16 + 8 + 8) + 2 * 5 * 16 * (4 + 4 + 4);
  expect(stepFlops(spec, batch)).toBe(forward + backward - unneeded);
});

test('both layouts ask the same of the model, a row per path of more tokens', () => {
  const size = { prompts: 4, promptTokens: 40, paths: 16 };
  const [merged, paths] = (['merged', 'paths'] as const).map((layout) =>
    softBatch(size, 500, 11, layout),
  );
  expect(merged!.examples).toHaveLength(4);
  expect(paths!.examples).toHaveLength(64);
  expect(merged!.normalizer).toBe(64);
  expect(paths!.normalizer).toBe(64);
  expect(paths!.promptTokens).toBe(16 * merged!.promptTokens);
  const weight = ({ examples }: typeof merged & object) =>
    examples.flatMap(({ supervision }) => [...supervision.weight]).reduce((a, b) => a + b, 0);
  expect(weight(merged!)).toBeCloseTo(64, 9);
  expect(weight(paths!)).toBeCloseTo(64, 9);
});

test('a dense batch says what a packed one does', () => {
  const prompt = [7, 8];
  const supervision = mergePaths([{ tokens: [5, 1] }, { tokens: [6, 1] }]);
  const dense = denseBatch({ examples: [{ prompt, supervision }], normalizer: 4 }, 10);
  // Slots: 7 8, then the nodes 5 and 6, which do not see each other.
  expect([dense.rows, dense.slots, dense.outputs]).toEqual([1, 4, 3]);
  expect([...dense.tokens]).toEqual([7, 8, 5, 6]);
  expect([...dense.positions]).toEqual([0, 1, 2, 2]);
  const sees = Array.from(dense.mask, (value) => (value === 0 ? 1 : 0));
  expect(sees).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1]);
  expect([...dense.outputSlots]).toEqual([1, 2, 3]);
  expect([...dense.weights]).toEqual([0.5, 0.25, 0.25]);
  const labels = [0, 1, 2].map((row) => [...dense.labels.slice(10 * row, 10 * row + 10)]);
  expect(labels[0]).toEqual([0, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0]);
  for (const row of labels.slice(1)) expect(row).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});
