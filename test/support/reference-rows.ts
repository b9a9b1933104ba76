// The reference's way of training: one answer per row, its targets read off the strings themselves.
import { randomStream } from '../../src/core/random.ts';
import { createDistribution } from '../../src/core/distributions/create.ts';
import { samplingPrompt } from '../../src/core/prompts/sampling-prompt.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { outputSpace } from '../../src/core/targets/output-space.ts';
import { sampleAnswers } from '../../src/core/targets/sample-answers.ts';
import type { OutputSpace } from '../../src/core/targets/space.ts';
import type { Supervision } from '../../src/core/targets/supervision.ts';
import type { Trie } from '../../src/core/targets/trie.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import type { LoraAdapter } from '../../src/model/adapter/lora.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import type { Example } from '../../src/model/decoder/pack.ts';
import type { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';
import { linear } from '../../src/tensor/ops/linear/linear.ts';
import * as tf from '../../src/tensor/tf.ts';

/** A gaussian prompt with sampled answers, for the packed way and for the reference's. */
export interface SampledPrompt {
  readonly prompt: readonly number[];
  readonly space: OutputSpace;
  readonly trie: Trie;
  /** Indices into the space, possibly repeated. */
  readonly answers: Int32Array;
  /** Tokens of every answer of the space, end token included. */
  readonly sequences: readonly (readonly number[])[];
}

export function sampledGaussian(
  tokenizer: Tokenizer,
  parameters: { mu: number; sigma: number },
  decimals: number,
  count: number,
): SampledPrompt {
  const space = outputSpace(createDistribution('gaussian', parameters), { decimals });
  const encode = (text: string) => tokenizer.encodeAnswer(text);
  return {
    prompt: tokenizer.promptTokens(samplingPrompt('gaussian', parameters)),
    space,
    trie: buildTrie(space, encode, tokenizer.endToken),
    answers: sampleAnswers(space.probabilities, count, randomStream(5, parameters.mu)),
    sequences: space.values.map((text) => [...encode(text), tokenizer.endToken]),
  };
}

/** What is asked after each token of one answer: next tokens, their probabilities, a weight. */
export interface RowStep {
  readonly tokens: readonly number[];
  readonly probabilities: readonly number[];
  readonly weight: number;
}
export interface Row {
  readonly prompt: readonly number[];
  /** The answer's tokens, end token included. */
  readonly sequence: readonly number[];
  /** One per token of the sequence. */
  readonly steps: readonly RowStep[];
}

/** Soft: at every prefix the share of each continuation among all answers; weights 1 / steps. */
export function softRows(prompts: readonly SampledPrompt[]): Row[] {
  const paths = prompts.reduce((sum, { answers }) => sum + answers.length, 0);
  return prompts.flatMap((sampled) =>
    Array.from(sampled.answers, (answer) =>
      softRow(sampled, answer, 1 / sampled.sequences[answer]!.length / paths),
    ),
  );
}

/** The row of one answer with the same weight at each step. */
export function softRow(sampled: SampledPrompt, answer: number, weight: number): Row {
  const { prompt, sequences } = sampled;
  const sequence = sequences[answer]!;
  const steps = sequence.map((_, i) => ({ ...continuations(sampled, sequence, i), weight }));
  return { prompt, sequence, steps };
}

/** Hard: the answer's own tokens, all tokens of the batch alike. */
export function hardRows(prompts: readonly SampledPrompt[]): Row[] {
  const rows = prompts.flatMap(({ prompt, answers, sequences }) =>
    Array.from(answers, (answer) => ({ prompt, sequence: sequences[answer]! })),
  );
  const total = rows.reduce((sum, { sequence }) => sum + sequence.length, 0);
  return rows.map(({ prompt, sequence }) => ({
    prompt,
    sequence,
    steps: sequence.map((token) => ({ tokens: [token], probabilities: [1], weight: 1 / total })),
  }));
}

/** Next-token distribution after `sequence[0 .. length]`, raised to at least 1e-8 and renormalised. */
function continuations(
  { space, sequences }: SampledPrompt,
  sequence: readonly number[],
  length: number,
) {
  const mass = new Map<number, number>();
  sequences.forEach((other, answer) => {
    for (let i = 0; i < length; i++) if (other[i] !== sequence[i]) return;
    const next = other[length]!;
    mass.set(next, (mass.get(next) ?? 0) + space.probabilities[answer]!);
  });
  const total = [...mass.values()].reduce((a, b) => a + b, 0);
  const raised = [...mass.values()].map((m) => Math.max(m / total, 1e-8));
  const sum = raised.reduce((a, b) => a + b, 0);
  return { tokens: [...mass.keys()], probabilities: raised.map((p) => p / sum) };
}

/** A row as an example of its own: a chain without branches. */
export function exampleOf({ prompt, sequence, steps }: Row): Example {
  const start = [0];
  for (const { tokens } of steps) start.push(start.at(-1)! + tokens.length);
  const chain = Int32Array.from(sequence, (_, i) => i);
  const supervision: Supervision = {
    nodeCount: sequence.length,
    parent: chain.map((i) => i - 1),
    token: Int32Array.of(-1, ...sequence.slice(0, -1)),
    depth: chain,
    weight: Float64Array.from(steps, ({ weight }) => weight),
    targetStart: Int32Array.from(start),
    targetToken: Int32Array.from(steps.flatMap(({ tokens }) => tokens)),
    targetProbability: Float64Array.from(steps.flatMap(({ probabilities }) => probabilities)),
    normalizer: 1,
  };
  return { prompt, supervision };
}

const ROWS_PER_PASS = 32;

/**
 * Log-probabilities over the vocabulary after each step of each row, the rows not knowing of each
 * other: [all steps][vocab].
 */
export function rowLogProbabilities(
  { decoder }: LanguageModel,
  rows: readonly Row[],
  adapter?: LoraAdapter,
): Float64Array[] {
  const { vocabSize } = decoder.spec;
  const result: Float64Array[] = [];
  for (let first = 0; first < rows.length; first += ROWS_PER_PASS) {
    const { batch } = pack(rows.slice(first, first + ROWS_PER_PASS).map(exampleOf));
    const logits = tf.tidy(() => {
      const { hidden } = decoder.forward(batch, adapter ? { adapter } : {});
      return linear(hidden, decoder.head).y.dataSync();
    });
    for (let at = 0; at < logits.length; at += vocabSize) {
      const of = Float64Array.from(logits.subarray(at, at + vocabSize));
      const normalizer = Math.log(of.reduce((sum, x) => sum + Math.exp(x), 0));
      result.push(of.map((x) => x - normalizer));
    }
  }
  return result;
}

/** The model's probability of each token sequence after the prompt, run one by one. */
export function sequenceProbabilities(
  model: LanguageModel,
  prompt: readonly number[],
  sequences: readonly (readonly number[])[],
  adapter?: LoraAdapter,
): number[] {
  const rows = sequences.map((sequence) => ({
    prompt,
    sequence,
    steps: sequence.map((token) => ({ tokens: [token], probabilities: [1], weight: 1 })),
  }));
  const logP = rowLogProbabilities(model, rows, adapter);
  let step = 0;
  return sequences.map((sequence) =>
    Math.exp(sequence.reduce((sum, token) => sum + logP[step++]![token]!, 0)),
  );
}

/** Tokens that a model reads for these examples: prompts, and nodes besides the roots. */
export function tokensOf(examples: readonly Example[]): { prompt: number; answer: number } {
  const sum = (of: (example: Example) => number) => examples.reduce((a, b) => a + of(b), 0);
  return {
    prompt: sum(({ prompt }) => prompt.length),
    answer: sum(({ supervision }) => supervision.nodeCount - 1),
  };
}
