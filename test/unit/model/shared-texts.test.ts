// Texts that begin alike: laid out once, and answered as if each were alone.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { askHere } from '../../../src/evaluation/decoder-calls.ts';
import { generateGreedy } from '../../../src/model/decoder/generate.ts';
import { sharedTexts } from '../../../src/model/decoder/shared-texts.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
});

/** Alike from the first token, for some tokens, whole, and not at all. */
const TEXTS = [
  [5, 6, 7, 8, 9],
  [5, 6, 7, 4],
  [5, 6],
  [5, 6, 7, 8, 9],
  [9, 8, 7, 6, 5, 4],
];

test('equal beginnings have the same places, and every text reads as it was', () => {
  const { tokens, parents, places } = sharedTexts(TEXTS);
  expect(tokens).toHaveLength(12);
  expect(places.map((each) => Array.from(each, (place) => tokens[place]))).toEqual(TEXTS);
  for (const each of places) {
    expect(Array.from(each, (place) => parents[place])).toEqual([-1, ...each.slice(0, -1)]);
  }
  expect(sharedTexts([[], [3]]).places).toEqual([Int32Array.of(), Int32Array.of(0)]);
});

test.each([0, 1, 2, 4])(
  'log-probabilities from token %i on are those of each alone',
  async (from) => {
    const ask = askHere(model.decoder);
    const before = tf.memory().numTensors;
    const together = await ask('tokenLogProbabilities', { texts: TEXTS, from });
    expect(together.map(({ length }) => length)).toEqual(
      TEXTS.map(({ length }) => Math.max(0, length - Math.max(1, from))),
    );
    for (const [i, text] of TEXTS.entries()) {
      const [alone] = await ask('tokenLogProbabilities', { texts: [text], from });
      alone!.forEach((value, k) => expect(together[i]![k]).toBeCloseTo(value, 5));
    }
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('greedy texts go on as each alone', async () => {
  const options = { maxTokens: 6, endTokens: [] };
  const together = await generateGreedy(model.decoder, TEXTS, options);
  for (const [i, text] of TEXTS.entries()) {
    expect(together[i]).toEqual((await generateGreedy(model.decoder, [text], options))[0]);
  }
});
