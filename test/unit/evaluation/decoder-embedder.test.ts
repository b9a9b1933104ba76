// Embeddings of a decoder: its hidden states after the final norm, pooled.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { decoderEmbedder } from '../../../src/evaluation/decoder-embedder.ts';
import { askedHere } from '../../../src/evaluation/decoder-model.ts';
import { embeddingSimilarity } from '../../../src/evaluation/novelty/partitioners.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { readPooling } from '../../../src/model/pooling.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 60_000);

/** Hidden states of a text in one pass, without a cache: [tokens][width] */
function referenceStates(tokens: readonly number[]): number[][] {
  const slots = tokens.length;
  const places = Int32Array.from(tokens.keys());
  return tf.tidy(() => {
    const { hidden } = model.decoder.forward({
      rows: 1,
      slots,
      promptLengths: Int32Array.of(slots),
      tokens: Int32Array.from(tokens),
      positions: places,
      parents: places.map((place) => place - 1),
      outputs: places,
    });
    return hidden.arraySync();
  });
}

const close = (a: ArrayLike<number>, b: readonly number[]) =>
  b.forEach((value, i) => expect(a[i]).toBeCloseTo(value, 5));

test('the mean of all tokens, or the last one', async () => {
  const texts = ['7', 'a longer text'];
  for (const pooling of ['mean', 'last'] as const) {
    const { name, embed } = decoderEmbedder(askedHere(model), { name: 'tiny', pooling });
    expect(name).toBe(pooling === 'mean' ? 'tiny (mean tokens)' : 'tiny (last token)');
    const vectors = await embed(texts);
    texts.forEach((text, i) => {
      const states = referenceStates(model.tokenizer.embeddedTokens(text));
      const mean = states[0]!.map(
        (_, at) => states.reduce((sum, state) => sum + state[at]!, 0) / states.length,
      );
      expect(vectors[i]).toHaveLength(model.decoder.spec.width);
      close(vectors[i]!, pooling === 'mean' ? mean : states.at(-1)!);
    });
  }
});

test('an empty answer has a vector, and equal answers are the same', async () => {
  const embedder = decoderEmbedder(askedHere(model), { name: 'tiny', pooling: 'mean' });
  const partitioner = embeddingSimilarity(embedder, 0.999_999);
  expect(partitioner.name).toBe('cosine of tiny (mean tokens) >= 0.999999');
  expect(await partitioner.partition(['1', '', '1', '25', ''])).toEqual([0, 1, 0, 2, 1]);
});

test('the folder says how texts are pooled', async () => {
  const folder = (config?: object) => (name: string) =>
    Promise.resolve(
      config && name === '1_Pooling/config.json'
        ? new TextEncoder().encode(JSON.stringify(config))
        : undefined,
    );
  expect(await readPooling(folder())).toBeUndefined();
  expect(await readPooling(folder({ pooling_mode_cls_token: true }))).toBeUndefined();
  expect(await readPooling(folder({ pooling_mode_mean_tokens: true }))).toBe('mean');
  const last = { pooling_mode_mean_tokens: false, pooling_mode_lasttoken: true };
  expect(await readPooling(folder(last))).toBe('last');
});
