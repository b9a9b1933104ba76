// Drift: on a script whose divergences are known, and on a model whose logits are.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { askedHere, decoderModel } from '../../../src/evaluation/decoder-model.ts';
import { evaluateDrift } from '../../../src/evaluation/drift.ts';
import { UNRELATED_PROMPTS } from '../../../src/evaluation/drift/unrelated-prompts.ts';
import type { LoraAdapter } from '../../../src/model/adapter/lora.ts';
import { generateGreedy } from '../../../src/model/decoder/generate.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { reportsOf, tinyLora, tinyRun } from '../../support/training-runs.ts';
import { figureOf, scriptedModel } from './scripted-model.ts';

beforeAll(() => startNodeBackend('wasm'));

test('is the mean over prompts, with an interval', async () => {
  const kl = (prompt: string) => prompt.length / 100;
  const { figures, rows } = await evaluateDrift(
    scriptedModel({ answers: () => ({}), kl }),
    UNRELATED_PROMPTS,
    { seed: 11 },
  );
  const known = UNRELATED_PROMPTS.map(({ prompt }) => kl(prompt));
  const mean = known.reduce((a, b) => a + b) / known.length;
  expect(rows.map((row) => row.kl_to_base)).toEqual(known);
  const drift = figureOf(figures, 'kl_to_base');
  expect(drift.value).toBeCloseTo(mean, 12);
  expect(drift.low!).toBeLessThan(mean);
});

test('without a base there is none, and the report says so', async () => {
  const report = await evaluateDrift(
    scriptedModel({ answers: () => ({ '1': 1 }) }),
    UNRELATED_PROMPTS,
    { seed: 11 },
  );
  expect(figureOf(report.figures, 'kl_to_base')).toMatchObject({
    value: null,
    note: 'there is no base model to compare with',
  });
});

test('compares what both models predict along the untouched model’s own answer', async () => {
  const model = await loadTinyModel();
  const { decoder, tokenizer } = model;
  const adapter = tinyLora(model);
  expect(await decoderModel(askedHere(model), adapter).klToBase!('How many?')).toBeCloseTo(0, 6);
  await reportsOf(tinyRun(model, adapter));

  const prompt = tokenizer.promptTokens('How many?');
  const { endTokens } = tokenizer;
  const [answer] = await generateGreedy(decoder, [prompt], { maxTokens: 32, endTokens });
  // The same predictions, each asked for by itself.
  const predicted = (tokens: number[], adapted?: LoraAdapter) => {
    const there = { hasChatTemplate: false, promptTokens: () => tokens };
    return decoderModel(askedHere({ decoder, tokenizer: there as never }), adapted)
      .firstTokenProbabilities!('');
  };
  let total = 0;
  for (let i = 0; i <= answer!.length; i++) {
    const tokens = [...prompt, ...answer!.slice(0, i)];
    const [base, adapted] = [await predicted(tokens), await predicted(tokens, adapter)];
    base.forEach((p, token) => (total += p * Math.log(p / adapted[token]!)));
  }
  const drift = await decoderModel(askedHere(model), adapter).klToBase!('How many?');
  const mean = total / (answer!.length + 1);
  expect(mean).toBeGreaterThan(0.001);
  expect(Math.abs(drift / mean - 1)).toBeLessThan(1e-3);
  adapter.dispose();
});
