// Texts as vectors: a decoder's hidden states after the final norm, pooled over the tokens.
import type { LanguageModel } from '../model/language-model.ts';
import type { Pooling } from '../model/pooling.ts';
import { hiddenStates } from './hidden-states.ts';
import type { Embedder } from './embedder.ts';

/** @param name what reports call it */
export function decoderEmbedder(
  { decoder, tokenizer }: Pick<LanguageModel, 'decoder' | 'tokenizer'>,
  { name, pooling }: { readonly name: string; readonly pooling: Pooling },
): Embedder {
  return {
    name: `${name} (${pooling} token${pooling === 'mean' ? 's' : ''})`,
    async embed(texts, signal) {
      const vectors: Float64Array[] = [];
      for (const text of texts) {
        signal?.throwIfAborted();
        const tokens = tokenizer.embeddedTokens(text).slice(0, decoder.spec.maxPositions);
        vectors.push(await pooled(decoder, tokens, pooling));
      }
      return vectors;
    },
  };
}

/** [width] */
async function pooled(
  decoder: LanguageModel['decoder'],
  tokens: readonly number[],
  pooling: Pooling,
): Promise<Float64Array> {
  const { width } = decoder.spec;
  const vector = new Float64Array(width);
  const hidden = hiddenStates(decoder, tokens, pooling === 'last' ? tokens.length - 1 : 0);
  try {
    const values = await hidden.data();
    const rows = hidden.shape[0];
    values.forEach((value, i) => (vector[i % width]! += value / rows));
  } finally {
    hidden.dispose();
  }
  return vector;
}
