// What the untouched model does after a prompt, as supervision: the reference that anchoring keeps to.
import { mergePaths } from '../../../core/targets/merge-paths.ts';
import type { Supervision } from '../../../core/targets/supervision.ts';
import { logitRows } from '../../../evaluation/logits.ts';
import type { Decoder } from '../../../model/decoder/decoder.ts';
import { pack } from '../../../model/decoder/pack.ts';
import { sampleEach, type SampledAnswer } from '../../../model/decoder/sample.ts';
import { tensorsAreInHostMemory } from '../../../tensor/host-kernel.ts';
import * as tf from '../../../tensor/tf.ts';
import { cutForPasses } from '../../../training/step-batch.ts';

export interface BehaviourOptions {
  /** Answers drawn from the model at temperature 1. */
  readonly answers: number;
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  /** Likeliest next tokens that are kept of every position, renormalised; all where it is the vocabulary. */
  readonly top: number;
  /** Any of them ends an answer. */
  readonly endTokens: readonly number[];
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/**
 * The positions along the model's own answers, each with the model's next-token distribution. A
 * position weighs as many of the answers as pass through it and the normaliser is their number, so
 * that the loss of an adapted model is the mean per token of KL(base || adapted) along answers of the
 * base, plus what does not depend on it.
 * @param prompts token ids, at least one of each
 * @returns [prompts]
 */
export async function baseBehaviour(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  { answers, top, endTokens, ...options }: BehaviourOptions,
): Promise<Supervision[]> {
  const sampled = await sampleEach(decoder, prompts, answers, { ...options, endTokens });
  const behaviours: Supervision[] = [];
  for (const [i, prompt] of prompts.entries()) {
    behaviours.push(await alongAnswers(decoder, prompt, sampled[i]!, endTokens, top));
  }
  return behaviours;
}

async function alongAnswers(
  decoder: Decoder,
  prompt: readonly number[],
  sampled: readonly SampledAnswer[],
  endTokens: readonly number[],
  top: number,
): Promise<Supervision> {
  const visited = mergePaths(
    sampled.map(({ tokens, count, ended }) => ({
      tokens: ended ? [...tokens, endTokens[0]!] : tokens,
      weight: count,
    })),
  );
  const next = await nextTokens(decoder, prompt, visited, top);
  const targetStart = new Int32Array(visited.nodeCount + 1);
  next.forEach(({ tokens }, node) => (targetStart[node + 1] = targetStart[node]! + tokens.length));
  return {
    ...visited,
    targetStart,
    targetToken: Int32Array.from(next.flatMap(({ tokens }) => tokens)),
    targetProbability: Float64Array.from(next.flatMap(({ probabilities }) => probabilities)),
  };
}

interface NextTokens {
  readonly tokens: readonly number[];
  /** Sum to 1. */
  readonly probabilities: readonly number[];
}

/** [nodes] */
async function nextTokens(
  decoder: Decoder,
  prompt: readonly number[],
  visited: Supervision,
  top: number,
): Promise<NextTokens[]> {
  const { vocabSize, finalSoftCap } = decoder.spec;
  const nodes: NextTokens[] = [];
  for (const piece of cutForPasses(visited)) {
    const { batch } = pack([{ prompt, supervision: piece }], 1, !tensorsAreInHostMemory());
    const hidden = tf.tidy(() => decoder.forward(batch).hidden); // [nodes of the piece, width]
    try {
      for await (const { values } of logitRows(hidden, decoder.head, finalSoftCap)) {
        for (let at = 0; at < values.length; at += vocabSize) {
          nodes.push(likeliest(values.subarray(at, at + vocabSize), top));
        }
      }
    } finally {
      hidden.dispose();
    }
  }
  return nodes;
}

/** The softmax of the `top` highest logits, in the order of the vocabulary. */
function likeliest(logits: Float32Array, top: number): NextTokens {
  const sorted = logits.toSorted();
  const least = sorted[Math.max(0, sorted.length - top)]!;
  const highest = sorted.at(-1)!;
  let ties = top - logits.reduce((count, logit) => count + (logit > least ? 1 : 0), 0);
  const tokens: number[] = [];
  logits.forEach((logit, token) => {
    if (logit > least || (logit === least && ties-- > 0)) tokens.push(token);
  });
  const odds = tokens.map((token) => Math.exp(logits[token]! - highest));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return { tokens, probabilities: odds.map((value) => value / total) };
}
