// Greedy text: the most probable next token, again and again.
import { headLogits } from '../tensor/ops/trie-loss.ts';
import * as tf from '../tensor/tf.ts';
import type { Decoder } from './decoder.ts';
import type { LoraAdapter } from './lora.ts';
import { pack } from './pack.ts';

export interface GreedyOptions {
  /** At most so many tokens per prompt. */
  readonly maxTokens: number;
  /** Any of them ends a text; it is not part of the result. */
  readonly endTokens: readonly number[];
  readonly adapter?: LoraAdapter;
  /** Heard between tokens: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Prompts per pass: bounds the attention mask and the logits that exist at once. */
const ROWS = 32;

/**
 * Continues every prompt. Each token runs its whole text again: meant for short answers.
 * @param prompts token ids, at least one each
 * @returns [prompts] the new tokens
 */
export async function generateGreedy(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  { maxTokens, endTokens, adapter, signal }: GreedyOptions,
): Promise<number[][]> {
  const generated: number[][] = prompts.map(() => []);
  let going = prompts.map((_, i) => i);
  for (let step = 0; step < maxTokens && going.length > 0; step++) {
    const next: number[] = [];
    for (let first = 0; first < going.length; first += ROWS) {
      signal?.throwIfAborted();
      const texts = going.slice(first, first + ROWS).map((i) => [...prompts[i]!, ...generated[i]!]);
      next.push(...(await likeliest(decoder, texts, adapter)));
    }
    next.forEach((token, k) => {
      if (!endTokens.includes(token)) generated[going[k]!]!.push(token);
    });
    going = going.filter((_, k) => !endTokens.includes(next[k]!));
  }
  return generated;
}

/** [texts] the most probable token after each text. */
async function likeliest(
  decoder: Decoder,
  texts: readonly (readonly number[])[],
  adapter?: LoraAdapter,
): Promise<Int32Array> {
  const best = tf.tidy(() => {
    const { batch } = pack(texts.map((prompt) => ({ prompt, supervision: LAST_TOKEN })));
    const { hidden } = decoder.forward(batch, adapter ? { adapter } : {});
    return tf.argMax(headLogits(hidden, decoder.head), 1);
  });
  const tokens = (await best.data()) as Int32Array;
  best.dispose();
  return tokens;
}

/** Asks for the last position of a prompt, with no targets. */
const LAST_TOKEN = {
  nodeCount: 1,
  parent: Int32Array.of(-1),
  token: Int32Array.of(-1),
  depth: Int32Array.of(0),
  weight: Float64Array.of(1),
  targetStart: Int32Array.of(0, 0),
  targetToken: new Int32Array(0),
  targetProbability: new Float64Array(0),
  normalizer: 1,
};
