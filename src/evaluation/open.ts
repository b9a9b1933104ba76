// Open-ended random generation: how many different answers a model gives to "a random fruit".
import * as v from 'valibot';
import { countUnique, normalizeOpenAnswer } from '../core/parsing/open-answer.ts';
import { topPSupportSizes } from '../core/scoring/top-p.ts';
import { count, counted } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import type { EvaluatedModel, SamplingModel } from './evaluated-model.ts';
import { answerChart } from './open/answer-chart.ts';
import { OPEN_PROMPTS } from './open/open-prompts.ts';
import { ownPrompts, type Prompt } from './prompts.ts';
import { reportFigure, promptMean, type EvaluationReport, type Figure } from './report.ts';
import { heard, evaluatedInOrder, type RunOptions } from './run.ts';

/** 0.01, 0.05, 0.10, … 0.95, 0.99 */
export const TOP_P_THRESHOLDS: readonly number[] = [
  0.01,
  ...Array.from({ length: 19 }, (_, i) => (5 + 5 * i) / 100),
  0.99,
];

/**
 * Models that were taught to answer with numbers may do so when asked for a fruit: different answers
 * are a merit only where these are few.
 */
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)$/;

/** So many of the most frequent answers are reported. */
const LISTED = 10;

export interface OpenEndedOptions extends RunOptions {
  /** Independent answers per prompt; 100. */
  readonly samples?: number;
  /** 1. */
  readonly temperature?: number;
  /** 32. */
  readonly maxTokens?: number;
}

export interface OpenEndedRow {
  readonly id: string;
  readonly prompt: string;
  readonly samples: number;
  /** Answers with nothing in them after normalising; they are not unique answers, but do count as samples. */
  readonly empty: number;
  readonly unique: number;
  readonly unique_fraction: number;
  /** Samples that are nothing but a number; null without samples. */
  readonly number_fraction: number | null;
  /** The most frequent first. */
  readonly top_answers: readonly { readonly answer: string; readonly count: number }[];
  /** [thresholds] tokens in the nucleus of the first token; null where the model does not tell. */
  readonly support_sizes: readonly number[] | null;
}

export interface OpenEndedSettings {
  readonly samples: number;
  readonly temperature: number;
  readonly max_tokens: number;
  readonly seed: number;
  readonly thresholds: readonly number[];
}

export type OpenEndedReport = EvaluationReport<OpenEndedSettings, OpenEndedRow>;

/** Answers are normalised as in the reference: thinking, quotes and extra space off, first line only. */
export async function evaluateOpenEnded(
  model: SamplingModel & Pick<EvaluatedModel, 'firstTokenProbabilities'>,
  prompts: readonly Prompt[],
  options: OpenEndedOptions,
): Promise<OpenEndedReport> {
  const { samples = 100, temperature = 1, maxTokens = 32, seed, signal } = options;
  const sampling = { seed, temperature, maxTokens, ...heard(options) };
  const rows = await evaluatedInOrder(
    prompts,
    options,
    async ({ id, prompt }): Promise<OpenEndedRow> => {
      const answers = await model.sample(prompt, samples, sampling);
      const first = await model.firstTokenProbabilities?.(prompt, signal);
      return {
        id,
        prompt,
        ...answerFields(answers),
        support_sizes: first ? topPSupportSizes(first, TOP_P_THRESHOLDS) : null,
      };
    },
  );
  return {
    evaluation: 'open_ended',
    settings: {
      samples,
      temperature,
      max_tokens: maxTokens,
      seed,
      thresholds: TOP_P_THRESHOLDS,
    },
    figures: openFigures(rows, seed),
    rows,
  };
}

function answerFields(
  answers: ReadonlyMap<string, number>,
): Omit<OpenEndedRow, 'id' | 'prompt' | 'support_sizes'> {
  const texts = [...answers].flatMap(([text, count]) =>
    Array<string>(count).fill(normalizeOpenAnswer(text)),
  );
  const { unique, uniqueFraction, counts } = countUnique(texts);
  const top = [...counts].map(([answer, count]) => ({ answer, count }));
  const numbers = texts.filter((text) => NUMBER.test(text)).length;
  // Equally frequent answers in an order of their own, not of the drawing.
  top.sort((a, b) => b.count - a.count || (a.answer < b.answer ? -1 : 1));
  return {
    samples: texts.length,
    empty: texts.filter((text) => text === '').length,
    unique,
    unique_fraction: uniqueFraction,
    number_fraction: texts.length === 0 ? null : numbers / texts.length,
    top_answers: top.slice(0, LISTED),
  };
}

function openFigures(rows: readonly OpenEndedRow[], seed: number): Figure[] {
  const top = rows.map(({ top_answers, samples }) =>
    samples === 0 ? null : (top_answers[0]?.count ?? 0) / samples,
  );
  return [
    promptMean(
      'unique_fraction',
      rows.map((row) => row.unique_fraction),
      seed,
    ),
    promptMean('top_answer_share', top, seed),
    promptMean(
      'number_fraction',
      rows.map((row) => row.number_fraction),
      seed,
    ),
    ...TOP_P_THRESHOLDS.map((threshold, i) => {
      const group = threshold.toFixed(2);
      const sizes = rows.map((row) => row.support_sizes?.[i] ?? null);
      return sizes.every((size) => size === null)
        ? reportFigure('top_p_support', null, 0, {
            group,
            note: "the model does not tell its first token's distribution",
          })
        : promptMean('top_p_support', sizes, seed, group);
    }),
  ];
}

/** Prompts of the lab's own, and answers to each. */
const SIZES = {
  small: { prompts: 8, samples: 50 },
  quick: { prompts: 32, samples: 50 },
  full: { prompts: Infinity, samples: 100 },
} as const;

export const open = defineEvaluation({
  key: 'open',
  title: 'Open-ended answers',
  note: 'How varied answers to “Pick a random fruit” and the like are.',
  measures: 'answers',
  settings: { open: v.optional(v.boolean('true or false'), false) },
  data: {
    open: ownPrompts({
      noun: 'prompts',
      format: 'A JSON list of texts, or JSON Lines with a prompt each; may be gzipped.',
      help: 'prompts of open-ended generation: a JSON list or JSONL',
    }),
  },
  figures: {
    unique_fraction: { unit: 'share', better: 'higher' },
    top_answer_share: { unit: 'share', better: 'lower' },
    number_fraction: { unit: 'share', better: 'lower' },
    top_p_support: { unit: 'tokens', better: 'higher', shown: ['0.50', '0.90', '0.99'] },
  },
  chart: answerChart,
  plan({ size, data }) {
    const { prompts, samples } = SIZES[size];
    return { prompts: data.open ?? OPEN_PROMPTS.slice(0, prompts), samples };
  },
  cost: ({ prompts, samples }) => ({
    words: `${counted(prompts.length, 'prompt')}, ${count(samples)} short answers each`,
    calls: prompts.length,
  }),
  run: (model, { prompts, samples }, run) => evaluateOpenEnded(model, prompts, { ...run, samples }),
});
