// N independent answers to one prompt at the price of the distinct beginnings among them.
import { randomStream } from '../../core/random.ts';
import { drawTokens } from '../../tensor/ops/draw/draw.ts';
import type { Decoder } from './decoder.ts';
import type { LoraAdapter } from '../adapter/lora.ts';
import { TreeCache } from './tree-cache.ts';

export interface SampleOptions {
  readonly seed: number;
  /** 1 samples from the model as it is. */
  readonly temperature?: number;
  /** At most so many tokens per answer. */
  readonly maxTokens: number;
  /** Any of them ends an answer; it is not part of it. */
  readonly endTokens: readonly number[];
  readonly adapter?: LoraAdapter;
  /** Heard between tokens: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface SampledAnswer {
  readonly tokens: readonly number[];
  /** How many of the answers are this one. */
  readonly count: number;
  /** Whether it ended by itself, rather than at `maxTokens`. */
  readonly ended: boolean;
}

/** A beginning that some answers share. */
interface Beginning {
  readonly tokens: readonly number[];
  readonly count: number;
  /** Of its last token in the cache; the prompt's for the empty beginning. */
  readonly index: number;
}

/** Beginnings that pass the model together: bounds the logits and the attention of a pass. */
const TOGETHER = 256;

/**
 * `n` answers drawn independently from softmax(logits / temperature), grouped by their tokens: the
 * answers that share a beginning are split over its next tokens by independent draws, so that the
 * counts are distributed as those of n separate generations.
 */
export async function sampleTokens(
  decoder: Decoder,
  prompt: readonly number[],
  n: number,
  { seed, temperature = 1, maxTokens, endTokens, adapter, signal }: SampleOptions,
): Promise<SampledAnswer[]> {
  const random = randomStream(seed, 'answers', prompt.join(' '));
  const { finalSoftCap } = decoder.spec;
  const head = { temperature, ...(finalSoftCap !== null && { softCap: finalSoftCap }) };
  const cache = new TreeCache(decoder, { ...(adapter && { adapter }) });
  const answers: SampledAnswer[] = [];

  /** Feeds tokens, of which the wanted ones' next tokens are drawn `counts` times each. */
  const drawn = async (
    tokens: Int32Array,
    parents: Int32Array,
    wanted: Int32Array | undefined,
    counts: readonly number[],
  ) => {
    signal?.throwIfAborted();
    const hidden = cache.append(tokens, parents, wanted);
    try {
      const start = Int32Array.from([0, ...cumulative(counts)]);
      // 24 random bits: exact in f32 and always below 1.
      const uniforms = Float32Array.from(
        { length: start.at(-1)! },
        () => (random.bits() >>> 8) / 2 ** 24,
      );
      const next = await drawTokens(hidden, decoder.head, start, uniforms, head);
      return counts.map((_, i) => tally(next.subarray(start[i], start[i + 1])));
    } finally {
      hidden.dispose();
    }
  };
  /** Ends or continues a beginning by the tokens drawn after it. */
  const extend = ({ tokens, index }: Beginning, next: ReadonlyMap<number, number>): Beginning[] =>
    [...next].flatMap(([token, count]) => {
      if (endTokens.includes(token)) {
        answers.push({ tokens, count, ended: true });
        return [];
      }
      const longer = { tokens: [...tokens, token], count, index };
      if (longer.tokens.length < maxTokens) return [longer];
      answers.push({ tokens: longer.tokens, count, ended: false });
      return [];
    });

  try {
    const chain = Int32Array.from(prompt, (_, i) => i - 1);
    const last = Int32Array.of(prompt.length - 1);
    const [first] = await drawn(Int32Array.from(prompt), chain, last, [n]);
    // `index` is the parent of the last token until that has passed the model.
    let waiting: readonly Beginning[] = extend(
      { tokens: [], count: n, index: prompt.length - 1 },
      first!,
    );
    while (waiting.length > 0) {
      const longer: Beginning[] = [];
      for (let from = 0; from < waiting.length; from += TOGETHER) {
        const group = waiting.slice(from, from + TOGETHER);
        const place = cache.size;
        const next = await drawn(
          Int32Array.from(group, ({ tokens }) => tokens.at(-1)!),
          Int32Array.from(group, ({ index }) => index),
          undefined,
          group.map(({ count }) => count),
        );
        group.forEach((beginning, i) =>
          longer.push(...extend({ ...beginning, index: place + i }, next[i]!)),
        );
      }
      waiting = longer;
    }
    return answers;
  } finally {
    cache.dispose();
  }
}

function cumulative(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => (sum += count));
}

/** Token to how often it occurs, in the order of first occurrence. */
function tally(tokens: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
