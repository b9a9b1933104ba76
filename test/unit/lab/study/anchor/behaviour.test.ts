// What is recorded of the untouched model, against the model asked another way.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../../cli/backend.ts';
import { askedHere, decoderModel } from '../../../../../src/evaluation/decoder-model.ts';
import { baseBehaviour } from '../../../../../src/lab/study/anchor/behaviour.ts';
import type { LanguageModel } from '../../../../../src/model/language-model.ts';
import type { LoraAdapter } from '../../../../../src/model/adapter/lora.ts';
import * as tf from '../../../../../src/tensor/tf.ts';
import { accumulate } from '../../../../../src/training/passes.ts';
import { AdapterValues } from '../../../../../src/training/trained-values.ts';
import type { Supervision } from '../../../../../src/core/targets/supervision.ts';
import { loadTinyModel } from '../../../../support/tiny-model.ts';
import { reportsOf, tinyLora, tinyRun } from '../../../../support/training-runs.ts';

const PROMPT = 'How many?';
const ALL = 1_000_000;

let model: LanguageModel;
let prompt: number[];

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  prompt = model.tokenizer.promptTokens(PROMPT);
}, 60_000);

const behaviour = async (changes: { answers?: number; maxTokens?: number; top?: number } = {}) => {
  const options = { answers: 6, maxTokens: 3, top: ALL, seed: 5, ...changes };
  const [one] = await baseBehaviour(model.decoder, [prompt], { ...options, endTokens: [] });
  return one!;
};

/** Loss of the model on a supervision alone, divided by its normaliser. */
function lossOf(supervision: Supervision, adapter: LoraAdapter): number {
  return tf.tidy(() => {
    const sink = new AdapterValues(adapter).gradients();
    const examples = [{ prompt, supervision }];
    const options = { kind: 'kl', adapter } as const;
    return accumulate(
      model.decoder,
      examples,
      supervision.normalizer,
      sink,
      options,
    ).dataSync()[0]!;
  });
}

test('a position weighs the answers that pass it, and all predictions are counted', async () => {
  const { weight, parent, nodeCount, normalizer, depth } = await behaviour();
  expect(weight[0]).toBe(6);
  expect(normalizer).toBe(6 * 3);
  for (let node = 0; node < nodeCount; node++) {
    if (depth[node] === 2) continue;
    const children = weight.filter((_, child) => parent[child] === node);
    expect(children.reduce((a, b) => a + b, 0)).toBe(weight[node]);
  }
});

test('the first position has the next-token distribution of the model', async () => {
  const { targetStart, targetToken, targetProbability } = await behaviour();
  const asked = await decoderModel(askedHere(model)).firstTokenProbabilities!(PROMPT);
  expect(targetStart[1]).toBe(model.decoder.spec.vocabSize);
  for (let i = 0; i < targetStart[1]!; i++) {
    expect(targetProbability[i]).toBeCloseTo(asked[targetToken[i]!]!, 6);
  }
});

test('of few tokens kept, the likeliest share the probability', async () => {
  const { targetStart, targetToken, targetProbability } = await behaviour({ top: 3 });
  const asked = await decoderModel(askedHere(model)).firstTokenProbabilities!(PROMPT);
  const best = [...asked.keys()].sort((a, b) => asked[b]! - asked[a]!).slice(0, 3);
  const total = best.reduce((sum, token) => sum + asked[token]!, 0);
  const kept = new Map(
    [...targetToken.slice(0, targetStart[1])].map((token, i) => [token, targetProbability[i]!]),
  );
  expect([...kept.keys()].sort()).toEqual([...best].sort());
  for (const token of best) expect(kept.get(token)).toBeCloseTo(asked[token]! / total, 6);
});

test('is KL(base || adapted): nothing before training, the figure of the evaluation after it', async () => {
  const adapter = tinyLora(model);
  const supervision = await behaviour({ maxTokens: 1 });
  expect(lossOf(supervision, adapter)).toBeCloseTo(0, 5);
  expect(lossOf(await behaviour(), adapter)).toBeCloseTo(0, 5);
  await reportsOf(tinyRun(model, adapter, { steps: 4 }));
  const base = await decoderModel(askedHere(model)).firstTokenProbabilities!(PROMPT);
  const adapted = await decoderModel(askedHere(model), adapter).firstTokenProbabilities!(PROMPT);
  const kl = base.reduce((sum, p, i) => sum + p * Math.log(p / adapted[i]!), 0);
  expect(kl).toBeGreaterThan(1e-3);
  expect(lossOf(supervision, adapter) / kl).toBeCloseTo(1, 3);
});
