// Texts as vectors: a decoder's hidden states after the final norm, pooled over the tokens.
import type { Pooling } from '../model/pooling.ts';
import type { AskedModel } from './decoder-model.ts';
import type { Embedder } from './embedder.ts';

/** @param name what reports call it */
export function decoderEmbedder(
  { ask, spec, tokenizer }: AskedModel,
  { name, pooling }: { readonly name: string; readonly pooling: Pooling },
): Embedder {
  return {
    name: `${name} (${pooling} token${pooling === 'mean' ? 's' : ''})`,
    embed: (texts, signal) =>
      Promise.all(
        texts.map((text) => {
          const tokens = tokenizer.embeddedTokens(text).slice(0, spec.maxPositions);
          return ask('pooled', { tokens, pooling }, { signal });
        }),
      ),
  };
}
