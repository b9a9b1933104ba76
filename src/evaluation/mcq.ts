// Multiple-choice answer position: where a model puts the right answer of questions that it writes.
import * as v from 'valibot';
import { countsOf } from '../core/counts.ts';
import { LETTERS, parseQuestion, type ParsedQuestion } from '../core/parsing/multiple-choice.ts';
import { questionMetrics, type QuestionMetrics } from '../core/scoring/question-metrics.ts';
import { expectedTotalVariation } from '../core/scoring/sampled-variation.ts';
import type { ShareChart } from './chart.ts';
import { count, counted } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import type { SamplingModel } from './evaluated-model.ts';
import { QUESTION_TOPICS } from './mcq/question-topics.ts';
import { pooledFigures } from './reported-figures.ts';
import { reportFigure, proportion, type EvaluationReport, type Figure } from './report.ts';
import { heard, evaluatedInOrder, type RunOptions } from './run.ts';

/** `full` spells the layout out; `short` is for models that were taught it, as the built-in one was. */
export type QuestionWording = 'full' | 'short';

export interface AnswerPositionOptions extends RunOptions {
  /** Independent questions per topic; 10. */
  readonly samples?: number;
  /** 1. */
  readonly temperature?: number;
  /** 256. */
  readonly maxTokens?: number;
  /** `full`. */
  readonly wording?: QuestionWording;
}

export interface AnswerPositionSettings {
  readonly samples: number;
  readonly temperature: number;
  readonly max_tokens: number;
  readonly wording: QuestionWording;
  readonly seed: number;
}

export interface AnswerPositionRow {
  readonly topic: string;
  readonly samples: number;
  readonly parseable: number;
  /** [A, B, C, D] of the parseable questions. */
  readonly counts: readonly number[];
}

export interface AnswerPositionReport extends EvaluationReport<
  AnswerPositionSettings,
  AnswerPositionRow
> {
  /** [A, B, C, D] over all topics. */
  readonly counts: readonly number[];
  /** Codes of what keeps questions from being parsed, and how often they occur. */
  readonly format_errors: Readonly<Record<string, number>>;
}

/** The request for one question in the layout that `parseQuestion` reads. */
export function questionPrompt(topic: string, wording: QuestionWording): string {
  const request = `Write a multiple-choice question about ${topic} with four options A, B, C, D.`;
  if (wording === 'short') return request;
  return [
    `${request} Exactly one option is right. Put it at a letter drawn at random, so that A, B, C and`,
    'D are equally likely. Write these seven lines in this order and nothing else:',
    'Question: <the question>',
    ...LETTERS.map((letter) => `${letter}. <option>`),
    'Correct Answer: <one letter, nothing else>',
    'Explanation: <one sentence>',
  ].join('\n');
}

/** Distances from the uniform distribution are null, not 0, where no question can be parsed. */
export async function evaluateAnswerPosition(
  model: SamplingModel,
  topics: readonly string[],
  options: AnswerPositionOptions,
): Promise<AnswerPositionReport> {
  const { samples = 10, temperature = 1, maxTokens = 256, wording = 'full', seed } = options;
  const sampling = { seed, temperature, maxTokens, ...heard(options) };
  const asked = await evaluatedInOrder(topics, options, async (topic) => {
    const answers = await model.sample(questionPrompt(topic, wording), samples, sampling);
    const parsed = [...answers].flatMap(([text, count]) =>
      Array<ParsedQuestion>(count).fill(parseQuestion(text)),
    );
    const { samples: n, parseable, counts } = questionMetrics(parsed);
    const row: AnswerPositionRow = { topic, samples: n, parseable, counts };
    return { row, parsed };
  });
  const rows = asked.map(({ row }) => row);
  const questions = asked.flatMap(({ parsed }) => parsed);
  const metrics = questionMetrics(questions);
  return {
    evaluation: 'answer_position',
    settings: { samples, temperature, max_tokens: maxTokens, wording, seed },
    figures: positionFigures(metrics, questions),
    rows,
    counts: metrics.counts,
    format_errors: tally(questions.flatMap(({ formatErrors }) => formatErrors)),
  };
}

function positionFigures(metrics: QuestionMetrics, questions: readonly ParsedQuestion[]): Figure[] {
  const { samples, parseable, validAnswers, counts, totalVariation } = metrics;
  const unique = questions.filter(({ uniqueOptions }) => uniqueOptions).length;
  const uniform = LETTERS.map(() => 1 / LETTERS.length);
  const expected = parseable === 0 ? null : expectedTotalVariation(uniform, parseable);
  const note = parseable === 0 ? 'no question could be parsed' : null;
  const distance = (name: string, value: number | null) =>
    reportFigure(name, value, parseable, { note });
  return [
    proportion('parse_rate', parseable, samples),
    proportion('valid_answer_rate', validAnswers, samples),
    proportion('unique_options_rate', unique, samples),
    ...LETTERS.map((letter, i) => proportion('answer_share', counts[i]!, parseable, letter)),
    distance('total_variation', totalVariation),
    distance('excess_total_variation', totalVariation === null ? null : totalVariation - expected!),
    distance('largest_deviation', metrics.largestDeviation),
    distance('chi_square', metrics.chiSquare),
    distance('chi_square_p_value', metrics.pValue),
  ];
}

function tally(codes: readonly string[]): Record<string, number> {
  return Object.fromEntries([...countsOf(codes)].sort(([, a], [, b]) => b - a));
}

/** Topics of the lab's own, and questions written for each. */
const SIZES = {
  small: { topics: 4, samples: 12 },
  quick: { topics: 8, samples: 25 },
  full: { topics: Infinity, samples: 20 },
} as const;

const share = (better: 'higher' | null) => ({ unit: 'share', better }) as const;
const fromUniform = { unit: null, better: 'lower' } as const;
const FIGURES = {
  parse_rate: share('higher'),
  valid_answer_rate: share('higher'),
  unique_options_rate: share('higher'),
  answer_share: share(null),
  total_variation: fromUniform,
  excess_total_variation: fromUniform,
  largest_deviation: fromUniform,
  chi_square: fromUniform,
  chi_square_p_value: { unit: null, better: 'higher' },
} as const;

const TITLE = 'Position of the right answer';

const letterChart: ShareChart = {
  file: 'answer-positions',
  note:
    'Of multiple-choice questions that the model writes and that can be parsed. An even choice ' +
    'is the dashed line; whiskers are 95 % intervals, or the range over joined seeds.',
  /** The figures named `answer_share`, one for each letter. */
  panels(columns) {
    const perColumn = columns.map((reports) =>
      pooledFigures(reports, FIGURES).filter(({ name }) => name === 'answer_share'),
    );
    const letters = [...new Set(perColumn.flat().map(({ group }) => group))];
    const groups = letters.map((letter) => ({
      answer: letter ?? '?',
      bars: perColumn.map((figures) => {
        const figure = figures.find(({ group }) => group === letter);
        return figure && figure.value !== null ? { ...figure, share: figure.value } : null;
      }),
    }));
    if (groups.every(({ bars }) => bars.every((bar) => bar === null))) return [];
    const label = 'Shares of the letters at which the right answer stands';
    return [{ id: 'letters', title: TITLE, label, groups, expected: 1 / groups.length }];
  },
};

export const mcq = defineEvaluation({
  key: 'mcq',
  title: TITLE,
  note: 'At which letter the model puts the right answer of questions that it writes.',
  measures: 'answers',
  settings: { mcq: v.optional(v.boolean('true or false'), false) },
  data: {},
  figures: FIGURES,
  chart: letterChart,
  plan({ size }, { isBuiltin }) {
    const { topics, samples } = SIZES[size];
    const wording: QuestionWording = isBuiltin ? 'short' : 'full';
    return { topics: QUESTION_TOPICS.slice(0, topics), samples, wording };
  },
  cost: ({ topics, samples }) => ({
    words: `${counted(topics.length, 'topic')}, ${count(samples)} questions written for each`,
    calls: topics.length,
  }),
  run: (model, { topics, ...settings }, run) =>
    evaluateAnswerPosition(model, topics, { ...run, ...settings }),
});
