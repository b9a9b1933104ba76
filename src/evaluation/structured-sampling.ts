// Structured sampling: how well answers to "one random number from this distribution" follow it.
import type { Distribution } from '../core/distributions/distribution.ts';
import { choiceReport } from '../core/scoring/choice-report.ts';
import { sampleReport } from '../core/scoring/sample-report.ts';
import type { OutputSpace } from '../core/targets/space.ts';
import type { SamplingModel } from './evaluated-model.ts';
import type { EvaluationReport } from './report.ts';
import { heard, inOrder, type RunOptions } from './run.ts';
import { samplingFigures } from './sampling-figures.ts';
import { samplingFields, type SamplingRow } from './sampling-row.ts';

export interface SamplingTask {
  readonly id: string;
  readonly split: string;
  readonly family: string;
  readonly prompt: string;
  /** Null for a user's own choices. */
  readonly distribution: Distribution | null;
  /** The canonical answers, over which total variation is taken. */
  readonly space: OutputSpace;
}

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
  const rows = await inOrder(tasks, options, async ({ prompt, distribution, space, ...task }) => {
    const answers = await model.sample(prompt, samples, sampling);
    const outputs = [...answers].flatMap(([text, count]) => Array<string>(count).fill(text));
    const { id, split, family } = task;
    const report = distribution
      ? sampleReport(distribution, space, outputs)
      : choiceReport(space, outputs);
    return { id, split, family, ...samplingFields(report) };
  });
  return {
    evaluation: 'structured_sampling',
    settings: { samples, temperature, max_tokens: maxTokens, seed },
    figures: samplingFigures([rows], seed),
    rows,
  };
}
