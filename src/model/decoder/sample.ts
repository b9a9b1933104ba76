// N independent answers to each of some prompts, at the price of the distinct beginnings among them.
import { countsOf } from '../../core/counts.ts';
import { randomStream } from '../../core/random.ts';
import { drawTokens } from '../../tensor/ops/draw/draw.ts';
import type { Decoder } from './decoder.ts';
import type { LoraAdapter } from '../adapter/lora.ts';
import { sharedTexts } from './shared-texts.ts';
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

/** A beginning that some answers to a prompt share. */
interface Beginning {
  readonly prompt: number;
  readonly tokens: readonly number[];
  readonly count: number;
  /** Of its last token in the cache; the prompt's for the empty beginning. */
  readonly index: number;
}

/** Beginnings that pass the model together: bounds the logits and the attention of a pass. */
const TOGETHER = 256;

/** Answers to one prompt, see `sampleEach`. */
export const sampleTokens = async (
  decoder: Decoder,
  prompt: readonly number[],
  n: number,
  options: SampleOptions,
): Promise<SampledAnswer[]> => (await sampleEach(decoder, [prompt], n, options))[0]!;

/**
 * `n` answers to each prompt, drawn independently from softmax(logits / temperature), grouped by their
 * tokens: the answers that share a beginning are split over its next tokens by independent draws, so
 * that the counts are distributed as those of n separate generations. Each prompt draws from a stream of
 * its own: what is asked beside it changes nothing.
 * @returns [prompts]
 */
export async function sampleEach(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  n: number,
  { seed, temperature = 1, maxTokens, endTokens, adapter, signal }: SampleOptions,
): Promise<SampledAnswer[][]> {
  const streams = prompts.map((prompt) => randomStream(seed, 'answers', prompt.join(' ')));
  const { finalSoftCap } = decoder.spec;
  const head = { temperature, ...(finalSoftCap !== null && { softCap: finalSoftCap }) };
  const cache = new TreeCache(decoder, { ...(adapter && { adapter }) });
  const answers: SampledAnswer[][] = prompts.map(() => []);

  /** Feeds tokens, and draws the next ones of beginnings from the hidden states of those `wanted`. */
  const drawn = async (
    tokens: Int32Array,
    parents: Int32Array,
    wanted: Int32Array | undefined,
    beginnings: readonly Beginning[],
  ) => {
    signal?.throwIfAborted();
    const hidden = cache.append(tokens, parents, wanted);
    try {
      const start = Int32Array.from([0, ...cumulative(beginnings.map(({ count }) => count))]);
      // 24 random bits: exact in f32 and always below 1.
      const uniforms = beginnings.flatMap(({ prompt, count }) =>
        Array.from({ length: count }, () => (streams[prompt]!.bits() >>> 8) / 2 ** 24),
      );
      const next = await drawTokens(hidden, decoder.head, start, Float32Array.from(uniforms), head);
      return beginnings.flatMap((beginning, i) =>
        extend(beginning, countsOf(next.subarray(start[i], start[i + 1]))),
      );
    } finally {
      hidden.dispose();
    }
  };
  /** Ends or continues a beginning by the tokens drawn after it. */
  const extend = (
    { prompt, tokens, index }: Beginning,
    next: ReadonlyMap<number, number>,
  ): Beginning[] =>
    [...next].flatMap(([token, count]) => {
      if (endTokens.includes(token)) {
        answers[prompt]!.push({ tokens, count, ended: true });
        return [];
      }
      const longer = { prompt, tokens: [...tokens, token], count, index };
      if (longer.tokens.length < maxTokens) return [longer];
      answers[prompt]!.push({ tokens: longer.tokens, count, ended: false });
      return [];
    });

  try {
    const { tokens, parents, places } = sharedTexts(prompts);
    const last = Int32Array.from(places, (own) => own.at(-1)!);
    // `index` is the parent of the last token until that has passed the model.
    let waiting: readonly Beginning[] = await drawn(
      ...([tokens, parents, last] as const),
      Array.from(last, (index, prompt) => ({ prompt, tokens: [], count: n, index })),
    );
    while (waiting.length > 0) {
      const longer: Beginning[] = [];
      for (let from = 0; from < waiting.length; from += TOGETHER) {
        const group = waiting.slice(from, from + TOGETHER);
        const place = cache.size;
        longer.push(
          ...(await drawn(
            Int32Array.from(group, (beginning) => beginning.tokens.at(-1)!),
            Int32Array.from(group, ({ index }) => index),
            undefined,
            group.map((beginning, i) => ({ ...beginning, index: place + i })),
          )),
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
