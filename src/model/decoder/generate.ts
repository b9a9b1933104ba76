// Greedy text: the most probable next token, again and again.
import { likeliestTokens } from '../../tensor/ops/draw/draw.ts';
import type { Decoder } from './decoder.ts';
import type { LoraAdapter } from '../adapter/lora.ts';
import { sharedTexts } from './shared-texts.ts';
import { TreeCache } from './tree-cache.ts';

export interface GreedyOptions {
  /** At most so many tokens per prompt. */
  readonly maxTokens: number;
  /** Any of them ends a text; it is not part of the result. */
  readonly endTokens: readonly number[];
  readonly adapter?: LoraAdapter;
  /** Heard between tokens: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Texts that grow side by side: bounds the keys that exist at once. */
const TEXTS = 16;

/**
 * Continues every prompt.
 * @param prompts token ids, at least one each
 * @returns [prompts] the new tokens
 */
export async function generateGreedy(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  options: GreedyOptions,
): Promise<number[][]> {
  const generated: number[][] = [];
  for (let first = 0; first < prompts.length; first += TEXTS) {
    generated.push(...(await continued(decoder, prompts.slice(first, first + TEXTS), options)));
  }
  return generated;
}

async function continued(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  { maxTokens, endTokens, adapter, signal }: GreedyOptions,
): Promise<number[][]> {
  const generated: number[][] = prompts.map(() => []);
  const capacity = prompts.reduce((sum, { length }) => sum + length + maxTokens, 0);
  const cache = new TreeCache(decoder, { capacity, ...(adapter && { adapter }) });
  try {
    const shared = sharedTexts(prompts);
    let { tokens, parents } = shared;
    let last = Int32Array.from(shared.places, (places) => places.at(-1)!);
    let going = prompts.map((_, i) => i);
    for (let step = 0; step < maxTokens && going.length > 0; step++) {
      signal?.throwIfAborted();
      const first = cache.size;
      const next = await likeliest(decoder, cache, tokens, parents, last);
      const alive = going.flatMap((text, i) => {
        const token = next[i]!;
        if (endTokens.includes(token)) return [];
        generated[text]!.push(token);
        return [{ text, token, parent: first + last[i]! }];
      });
      going = alive.map(({ text }) => text);
      tokens = Int32Array.from(alive, ({ token }) => token);
      parents = Int32Array.from(alive, ({ parent }) => parent);
      last = Int32Array.from(alive, (_, i) => i);
    }
  } finally {
    cache.dispose();
  }
  return generated;
}

async function likeliest(
  decoder: Decoder,
  cache: TreeCache,
  tokens: Int32Array,
  parents: Int32Array,
  wanted: Int32Array,
): Promise<Int32Array> {
  const hidden = cache.append(tokens, parents, wanted);
  try {
    return await likeliestTokens(hidden, decoder.head, headOptions(decoder));
  } finally {
    hidden.dispose();
  }
}

/** What the head does to its logits. */
function headOptions({ spec }: Decoder) {
  return spec.finalSoftCap === null ? {} : { softCap: spec.finalSoftCap };
}
