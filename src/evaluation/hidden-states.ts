// The hidden states of texts, after the final norm.
import type { Decoder } from '../model/decoder/decoder.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import { type SharedTexts, sharedTexts } from '../model/decoder/shared-texts.ts';
import { TreeCache } from '../model/decoder/tree-cache.ts';
import type * as tf from '../tensor/tf.ts';

/** Hidden states at some places of texts: [wanted, width] */
export function hiddenStates(
  decoder: Decoder,
  { tokens, parents }: SharedTexts,
  wanted: readonly number[],
  adapter?: LoraAdapter,
): tf.Tensor2D {
  const cache = new TreeCache(decoder, {
    capacity: tokens.length,
    ...(adapter && { adapter }),
  });
  try {
    return cache.append(tokens, parents, Int32Array.from(wanted));
  } finally {
    cache.dispose();
  }
}

/** After tokens from.. of one text: [tokens - from, width] */
export function textStates(
  decoder: Decoder,
  tokens: readonly number[],
  from: number,
  adapter?: LoraAdapter,
): tf.Tensor2D {
  const text = sharedTexts([tokens]);
  return hiddenStates(decoder, text, [...text.places[0]!.subarray(from)], adapter);
}
