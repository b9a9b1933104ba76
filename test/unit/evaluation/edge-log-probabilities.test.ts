// Edge probabilities from packed pieces of a trie against answers run one by one.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { exactScores } from '../../../src/core/scoring/exact.ts';
import { edgeLogProbabilities } from '../../../src/evaluation/edge-log-probabilities.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import type { LoraAdapter } from '../../../src/model/adapter/lora.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../../support/compare.ts';
import { sampledGaussian, sequenceProbabilities } from '../../support/reference-rows.ts';
import type { SampledPrompt } from '../../support/reference-rows.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { reportsOf, tinyLora, tinyRun } from '../../support/training-runs.ts';

let model: LanguageModel;
let adapter: LoraAdapter;
/** Of 1,000 nodes: several pieces in several passes. */
let large: SampledPrompt;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  adapter = tinyLora(model);
  await reportsOf(tinyRun(model, adapter, { steps: 2 }));
  large = sampledGaussian(model.tokenizer, { mu: 3, sigma: 2 }, 2, 1);
}, 60_000);

const edgesOf = ({ prompt, trie }: SampledPrompt, options = {}) =>
  edgeLogProbabilities(model.decoder, prompt, trie, options);

describe.each(['the model', 'the adapted model'])('of %s', (which) => {
  test('every answer has the probability that it has alone', async () => {
    const before = tf.memory().numTensors;
    const options = which === 'the model' ? {} : { adapter };
    const { prompt, trie, space, sequences } = large;
    expect(trie.nodeCount).toBeGreaterThan(8 * 96);
    const { answerProbabilities } = exactScores(trie, space, await edgesOf(large, options));
    const random = randomStream(1, 'answers');
    const some = Array.from({ length: 40 }, () => random.integer(sequences.length));
    const alone = sequenceProbabilities(
      model,
      prompt,
      some.map((answer) => sequences[answer]!),
      options.adapter,
    );
    for (const [i, answer] of some.entries()) {
      expectClose([answerProbabilities[answer]!], [alone[i]!], 1e-4, space.values[answer]!);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('at a temperature, an answer has the probability that tempered logits give it', async () => {
  const { prompt, trie } = sampledGaussian(model.tokenizer, { mu: 0, sigma: 1 }, 0, 1);
  const [plain, hot] = [await edgesAt(prompt, trie, 1), await edgesAt(prompt, trie, 2)];
  // At one node, tempered log-probabilities are plain ones over T, up to the node's own constant.
  for (let node = 0; node < trie.nodeCount; node++) {
    const [first, end] = [trie.edgeStart[node]!, trie.edgeStart[node + 1]!];
    for (let edge = first + 1; edge < end; edge++) {
      const expected = (plain[edge]! - plain[first]!) / 2;
      expect(Math.abs(hot[edge]! - hot[first]! - expected)).toBeLessThan(1e-5);
    }
  }
  const leastLikely = plain.indexOf(Math.min(...plain));
  expect(hot[leastLikely]).toBeGreaterThan(plain[leastLikely]!);
});

const edgesAt = (prompt: readonly number[], trie: SampledPrompt['trie'], temperature: number) =>
  edgeLogProbabilities(model.decoder, prompt, trie, { temperature });

test('a trie of one answer', async () => {
  const { prompt } = large;
  const sequence = [7, 2];
  const trie = {
    nodeCount: 2,
    parent: Int32Array.of(-1, 0),
    token: Int32Array.of(-1, 7),
    depth: Int32Array.of(0, 1),
    mass: Float64Array.of(1, 1),
    edgeStart: Int32Array.of(0, 1, 2),
    edgeToken: Int32Array.from(sequence),
    edgeProbability: Float64Array.of(1, 1),
    edgeChild: Int32Array.of(1, -1),
    edgeAnswer: Int32Array.of(-1, 0),
    answerEdge: Int32Array.of(1),
    answerNode: Int32Array.of(1),
  };
  const [first, second] = await edgeLogProbabilities(model.decoder, prompt, trie);
  const [alone] = sequenceProbabilities(model, prompt, [sequence]);
  expectClose([Math.exp(first! + second!)], [alone!], 1e-5, 'probability');
});

test('a signal is heard between passes, and nothing stays', async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const pending = edgesOf(large, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(pending).rejects.toThrow('enough');
  expect(tf.memory().numTensors).toBe(before);
});
