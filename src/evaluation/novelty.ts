// Novelty: how many different answers a few generations hold, and what they are worth to a patient reader.
import { randomStream } from '../core/random.ts';
import type { SamplingModel } from './evaluated-model.ts';
import type { Partitioner } from './partitioners.ts';
import type { Prompt } from './prompts.ts';
import { figure, promptMean, type EvaluationReport } from './report.ts';
import { heard, inOrder, type RunOptions } from './run.ts';

/** Something that says how good an answer is, such as a reward model. */
export interface AnswerScorer {
  readonly name: string;
  /** [answers], at least 0; NoveltyBench's scale is 1 to 10. */
  score(
    prompt: string,
    answers: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly number[]>;
}

/** The protocol of Zhang et al., "NoveltyBench" (2025), unless told otherwise. */
export interface NoveltyOptions extends RunOptions {
  readonly partitioner: Partitioner;
  /** Without one, utility is undefined. */
  readonly scorer?: AnswerScorer;
  /** Generations per prompt; 10. */
  readonly generations?: number;
  /** How likely a reader is to look at the next answer; 0.8. */
  readonly patience?: number;
  /** 1. */
  readonly temperature?: number;
  /** 512. */
  readonly maxTokens?: number;
}

export interface NoveltyRow {
  readonly id: string;
  readonly prompt: string;
  /** In an order drawn at random; all orders of independent answers are equally likely. */
  readonly generations: readonly string[];
  /** [generations] */
  readonly partition: readonly number[];
  readonly distinct: number;
  readonly utility: number | null;
}

export interface NoveltySettings {
  readonly generations: number;
  readonly patience: number;
  readonly partitioner: string;
  readonly scorer: string | null;
  readonly temperature: number;
  readonly max_tokens: number;
  readonly seed: number;
}

export type NoveltyReport = EvaluationReport<NoveltySettings, NoveltyRow>;

export async function evaluateNovelty(
  model: SamplingModel,
  prompts: readonly Prompt[],
  options: NoveltyOptions,
): Promise<NoveltyReport> {
  const { generations = 10, patience = 0.8, temperature = 1, maxTokens = 512 } = options;
  const { seed, signal, partitioner, scorer } = options;
  const sampling = { seed, temperature, maxTokens, ...heard(options) };
  const rows = await inOrder(prompts, options, async ({ id, prompt }): Promise<NoveltyRow> => {
    const counts = await model.sample(prompt, generations, sampling);
    const answers = [...counts].flatMap(([text, count]) => Array<string>(count).fill(text));
    randomStream(seed, 'order of generations', id).shuffle(answers);
    const partition = await partitioner.partition(answers, signal);
    const scores = await scorer?.score(prompt, answers, signal);
    return {
      id,
      prompt,
      generations: answers,
      partition,
      distinct: new Set(partition).size,
      utility: scores ? utilityOf(partition, scores, patience) : null,
    };
  });
  const distinct = rows.map((row) => row.distinct);
  const utility = rows.map((row) => row.utility);
  return {
    evaluation: 'novelty',
    settings: {
      generations,
      patience,
      partitioner: partitioner.name,
      scorer: scorer?.name ?? null,
      temperature,
      max_tokens: maxTokens,
      seed,
    },
    figures: [
      promptMean(`distinct_${generations}`, distinct, seed),
      scorer
        ? promptMean(`utility_${generations}`, utility, seed)
        : figure(`utility_${generations}`, null, 0, { note: 'there is no scorer of answers' }),
    ],
    rows,
  };
}

/**
 * sum_i p^i new_i score_i / sum_i p^i: an answer is worth its score if it is the first of its class,
 * else nothing, and answer i is read with probability p^i.
 */
export function utilityOf(
  partition: readonly number[],
  scores: readonly number[],
  patience: number,
): number | null {
  const seen = new Set<number>();
  let [total, weights] = [0, 0];
  partition.forEach((group, i) => {
    const weight = patience ** i;
    if (!seen.has(group)) total += weight * scores[i]!;
    seen.add(group);
    weights += weight;
  });
  return weights === 0 ? null : total / weights;
}
