// The hidden states of a text, after the final norm.
import type { Decoder } from '../model/decoder/decoder.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import { TreeCache } from '../model/decoder/tree-cache.ts';
import type * as tf from '../tensor/tf.ts';

/** Hidden states after tokens from.. of a text: [tokens - from, width] */
export function hiddenStates(
  decoder: Decoder,
  tokens: readonly number[],
  from: number,
  adapter?: LoraAdapter,
): tf.Tensor2D {
  const cache = new TreeCache(decoder, {
    capacity: tokens.length,
    ...(adapter && { adapter }),
  });
  try {
    const parents = Int32Array.from(tokens, (_, i) => i - 1);
    const wanted = Int32Array.from({ length: tokens.length - from }, (_, i) => from + i);
    return cache.append(Int32Array.from(tokens), parents, wanted);
  } finally {
    cache.dispose();
  }
}
