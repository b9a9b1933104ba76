// Structured sampling: how well answers to "one random number from this distribution" follow it.
import * as v from 'valibot';
import { integer } from '../core/schema.ts';
import { choiceReport } from '../core/scoring/choice-report.ts';
import { sampleReport } from '../core/scoring/sample-report.ts';
import { isObject } from '../core/is-object.ts';
import { defineEvaluation } from './evaluation.ts';
import type { SamplingModel } from './evaluated-model.ts';
import { count } from './counted.ts';
import type { EvaluationReport } from './report.ts';
import { heard, evaluatedInOrder, type RunOptions } from './run.ts';
import type { SamplingTask } from './sampling-task.ts';
import { samplingFigures } from './samples/sampling-figures.ts';
import { samplingFields, type SamplingRow } from './samples/sampling-row.ts';

/** The reference's protocol, unless told otherwise. */
export interface SamplingOptions extends RunOptions {
  /** Independent answers per prompt; 1,000. */
  readonly samples?: number;
  /** 1. */
  readonly temperature?: number;
  /** 32. */
  readonly maxTokens?: number;
}

export interface SamplingSettings {
  readonly samples: number;
  readonly temperature: number;
  readonly max_tokens: number;
  readonly seed: number;
}

export type SamplingEvaluation = EvaluationReport<SamplingSettings, SamplingRow>;

/** Samples every task and scores its answers; figures are family-balanced per split. */
export async function evaluateStructuredSampling(
  model: SamplingModel,
  tasks: readonly SamplingTask[],
  options: SamplingOptions,
): Promise<SamplingEvaluation> {
  const { samples = 1000, temperature = 1, maxTokens = 32, seed } = options;
  const sampling = { seed, temperature, maxTokens, ...heard(options) };
  const rows = await evaluatedInOrder(
    tasks,
    options,
    async ({ prompt, distribution, space, ...task }) => {
      const answers = await model.sample(prompt, samples, sampling);
      const outputs = [...answers].flatMap(([text, count]) => Array<string>(count).fill(text));
      const { id, split, family } = task;
      const report = distribution
        ? sampleReport(distribution, space, outputs)
        : choiceReport(space, outputs);
      return { id, split, family, ...samplingFields(report) };
    },
  );
  return {
    evaluation: 'structured_sampling',
    settings: { samples, temperature, max_tokens: maxTokens, seed },
    figures: samplingFigures([rows], seed),
    rows,
  };
}

const distance = { unit: null, better: 'lower' } as const;
const inTarget = { unit: 'target', better: 'lower' } as const;

export const samples = defineEvaluation({
  key: 'samples',
  title: 'Sampled answers',
  note: 'How well independent answers follow their targets, by the paper’s protocol.',
  measures: 'answers',
  settings: {
    /** Independent answers sampled per prompt; 0 scores exactly only. */
    samples: v.optional(integer(0, 1_000_000), 0),
  },
  asks: {
    kind: 'number',
    key: 'samples',
    label: 'Sampled answers per measured prompt',
    step: 1,
    note: '0 takes none; the paper’s protocol takes 1,000. Many cost little more than few.',
  },
  data: {},
  figures: {
    valid_rate: { unit: 'share', better: 'higher' },
    support_violation_rate: { unit: 'share', better: 'lower' },
    mean_error: inTarget,
    variance_error: inTarget,
    wasserstein_1: inTarget,
    total_variation: distance,
    excess_total_variation: distance,
    gof_rejection_rate: { unit: 'share', better: 'lower' },
    anderson_rejection_rate: { unit: 'share', better: 'lower' },
    reference_valid_rate: { unit: 'share', better: 'higher' },
    reference_support_violation_rate: { unit: 'share', better: 'lower' },
    reference_mean_error: inTarget,
    reference_variance_error: inTarget,
    reference_wasserstein_1: inTarget,
  },
  kept: {
    /** One row for each prompt; beside them the settings and the figures over them. */
    write: ({ rows, ...sampling }: SamplingEvaluation) => ({
      samples: Array.isArray(rows) ? rows : [],
      sampling,
    }),
    read: ({ samples, sampling }) =>
      isObject(sampling) ? { ...sampling, rows: samples } : sampling,
  },
  plan: (settings) => settings.samples,
  cost: (n) => ({
    words: n === 0 ? 'none' : `${count(n)} answers to every measured prompt`,
    calls: n === 0 ? 0 : null,
  }),
  run: (model, n, { measured, ...run }) =>
    evaluateStructuredSampling(model, measured, { ...run, samples: n }),
});
