// Novelty: how many different answers a few generations hold, and what they are worth to a patient reader.
import * as v from 'valibot';
import { number, nonEmptyText, oneOf, oneOfOr, settings } from '../core/schema.ts';
import { randomStream } from '../core/random.ts';
import { count, counted } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import { POOLINGS } from '../model/pooling.ts';
import type { SamplingModel } from './evaluated-model.ts';
import { NOVELTY_PROMPTS } from './novelty/novelty-prompts.ts';
import {
  embeddingSimilarity,
  normalizedEquality,
  unigramOverlap,
  type Partitioner,
} from './novelty/partitioners.ts';
import { ownPrompts, type Prompt } from './prompts.ts';
import { reportFigure, promptMean, type EvaluationReport } from './report.ts';
import { heard, evaluatedInOrder, type RunOptions } from './run.ts';

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
  const rows = await evaluatedInOrder(
    prompts,
    options,
    async ({ id, prompt }): Promise<NoveltyRow> => {
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
    },
  );
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
        : reportFigure(`utility_${generations}`, null, 0, {
            note: 'there is no scorer of answers',
          }),
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

/** Prompts of the lab's own, and answers to each of up to so many tokens. */
const SIZES = {
  small: { prompts: 8, generations: 10, maxTokens: 32 },
  quick: { prompts: 24, generations: 10, maxTokens: 64 },
  full: { prompts: Infinity, generations: 10, maxTokens: 512 },
} as const;

/** Answers are the same from a cosine similarity of their embeddings on. */
const embeddingSchema = settings({
  /** A model the user brings, named as `model` is; without one, the untouched model itself embeds. */
  model: v.optional(nonEmptyText()),
  /** As the model's folder says unless given, else the mean. */
  pooling: v.optional(oneOf(POOLINGS)),
  threshold: v.optional(number(-1, 1), 0.8),
});

export const novelty = defineEvaluation({
  key: 'novelty',
  title: 'Novelty',
  note: 'How many different answers it has to open questions, after NoveltyBench.',
  measures: 'answers',
  settings: {
    novelty: v.optional(v.boolean('true or false'), false),
    /** When two of its answers are the same. */
    partitioner: v.optional(
      oneOfOr(['unigrams', 'equality'], embeddingSchema, 'the settings of embeddings'),
      'unigrams',
    ),
  },
  fields: [
    {
      kind: 'ways',
      key: 'partitioner',
      label: 'Two answers are the same when',
      ways: [
        {
          value: 'unigrams',
          label: 'They share words',
          note: 'NoveltyBench’s rule for short answers, its unigram baseline for longer ones.',
        },
        {
          value: 'equality',
          label: 'They are equal',
          note: 'But for case, punctuation and white space.',
        },
        {
          value: { threshold: 0.8 },
          label: 'Embeddings are close',
          note: 'The cosine of the two answers’ vectors is at least the threshold.',
          fields: [
            {
              kind: 'text',
              key: 'model',
              label: 'Model that embeds',
              placeholder: 'the untouched model itself',
              note:
                'As on the page of models, such as hf:Qwen/Qwen3-Embedding-0.6B. It is loaded ' +
                'beside the model, and needs memory of its own.',
            },
            {
              kind: 'select',
              key: 'pooling',
              label: 'Vector of a text',
              options: [
                { value: '', label: 'as the model says' },
                { value: 'mean', label: 'mean of its tokens' },
                { value: 'last', label: 'its last token' },
              ],
            },
            { kind: 'number', key: 'threshold', label: 'Threshold' },
          ],
        },
      ],
    },
  ],
  data: {
    novelty: ownPrompts({
      noun: 'novelty prompts',
      format: 'NoveltyBench’s JSON Lines, or a JSON list of texts; may be gzipped.',
      help: "prompts of novelty: a JSON list, or NoveltyBench's JSONL",
    }),
  },
  figures: {
    distinct_10: { unit: 'answers', better: 'higher' },
    utility_10: { unit: null, better: 'higher' },
  },
  embedder: ({ partitioner }) => (typeof partitioner === 'object' ? partitioner : null),
  plan({ size, data, partitioner }) {
    const { prompts, ...sampling } = SIZES[size];
    return { prompts: data.novelty ?? spread(NOVELTY_PROMPTS, prompts), partitioner, ...sampling };
  },
  cost: ({ prompts, generations, maxTokens }) => ({
    words:
      `${counted(prompts.length, 'prompt')}, ${count(generations)} answers each of up to ` +
      `${count(maxTokens)} tokens`,
    calls: prompts.length,
  }),
  run(model, { prompts, partitioner: asked, ...sampling }, { embedder, ...run }) {
    const partitioner =
      typeof asked === 'object'
        ? embeddingSimilarity(embedder!, asked.threshold)
        : { unigrams: unigramOverlap, equality: normalizedEquality }[asked];
    return evaluateNovelty(model, prompts, { ...run, ...sampling, partitioner });
  },
});

/** At most so many of the items, from all over the list: neighbours are of one kind. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (most >= items.length) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}
