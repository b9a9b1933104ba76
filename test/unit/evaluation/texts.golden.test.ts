// Texts and continuations against PyTorch, with tokenizers that mark words and begin texts.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { askedHere, decoderModel } from '../../../src/evaluation/decoder-model.ts';
import type { EvaluatedModel } from '../../../src/evaluation/evaluated-model.ts';
import { memoryFolder } from '../../../src/model/files/model-files.ts';
import { loadLanguageModel } from '../../../src/model/language-model.ts';

interface Scores {
  texts: { text: string; tokens: number; log_probability: number }[];
  questions: { prompt: string; continuations: string[]; log_probabilities: number[] }[];
}

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));
const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const scores = JSON.parse(
  await readFile(new URL('../../golden/texts/scores.json', import.meta.url), 'utf8'),
) as { tokenizers: Record<string, Scores> };

/** Sums of float32 log-probabilities of up to 120 tokens. */
const TOLERANCE = 2e-4;

async function load(tokenizer: string, template?: string): Promise<EvaluatedModel> {
  const files = new Map([
    ['config.json', await read('models/llama/config.json')],
    ['model.safetensors', await read('models/llama/model.safetensors')],
    ['tokenizer.json', await read(`texts/${tokenizer}/tokenizer.json`)],
    ['tokenizer_config.json', json({ eos_token: '</s>', chat_template: template })],
  ]);
  return decoderModel(askedHere(await loadLanguageModel(memoryFolder(files))));
}

beforeAll(() => startNodeBackend('wasm'));

describe.each(Object.entries(scores.tokenizers))('with %s', (name, { texts, questions }) => {
  let model: EvaluatedModel;
  beforeAll(async () => {
    model = await load(name);
  });

  test('E1: perplexity reads texts with their beginning token', async () => {
    for (const { text, tokens, log_probability } of texts) {
      const scored = await model.textLogProbability(text, { window: 128, stride: 64 });
      expect(scored.tokens).toBe(tokens);
      expect(Math.abs(scored.logProbability - log_probability)).toBeLessThan(TOLERANCE);
    }
  });

  test('E2: a continuation is cut as part of the text that it continues', async () => {
    for (const { prompt, continuations, log_probabilities } of questions) {
      const scored = await model.logProbability(prompt, continuations);
      scored.forEach(({ logProbability }, i) => {
        expect(Math.abs(logProbability - log_probabilities[i]!)).toBeLessThan(TOLERANCE);
      });
    }
  });
});

test('E2: what a chat template writes is continued likewise', async () => {
  const { prompt, continuations, log_probabilities } =
    scores.tokenizers.prepend_without_begin!.questions[0]!;
  const chat = await load('prepend_without_begin', '{{ messages[0].content }}');
  const scored = await chat.logProbability(prompt, continuations);
  scored.forEach(({ logProbability }, i) => {
    expect(Math.abs(logProbability - log_probabilities[i]!)).toBeLessThan(TOLERANCE);
  });
});

test('a continuation of nothing: its first token has nothing before it', async () => {
  const model = await load('prepend_without_begin');
  const [scored] = await model.logProbability('', ['a fox']);
  const whole = await model.textLogProbability('a fox', { window: 128, stride: 64 });
  expect(scored).toEqual({ ...whole, logProbability: expect.closeTo(whole.logProbability, 5) });
});
