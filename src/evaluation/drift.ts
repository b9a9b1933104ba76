// Drift: how far training has moved a model where it was not meant to.
import * as v from 'valibot';
import { counted } from './counted.ts';
import { UNRELATED_PROMPTS } from './drift/unrelated-prompts.ts';
import { defineEvaluation } from './evaluation.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { Prompt } from './prompts.ts';
import { reportFigure, finiteOrNull, promptMean, type EvaluationReport } from './report.ts';
import { evaluatedInOrder, type RunOptions } from './run.ts';

export interface DriftRow {
  readonly id: string;
  readonly prompt: string;
  /** KL(base || model) in nats, mean over the tokens of the untouched model's answer. */
  readonly kl_to_base: number | null;
}

export type DriftReport = EvaluationReport<{ readonly seed: number }, DriftRow>;

/** Every prompt counts the same, whatever the length of its answer. */
export async function evaluateDrift(
  model: Pick<EvaluatedModel, 'klToBase'>,
  prompts: readonly Prompt[],
  options: RunOptions,
): Promise<DriftReport> {
  const { seed, signal } = options;
  const compared = model.klToBase ? prompts : [];
  const rows = await evaluatedInOrder(
    compared,
    options,
    async ({ id, prompt }): Promise<DriftRow> => {
      return { id, prompt, kl_to_base: finiteOrNull(await model.klToBase!(prompt, signal)) };
    },
  );
  const values = rows.map((row) => row.kl_to_base);
  return {
    evaluation: 'drift',
    settings: { seed },
    figures: [
      model.klToBase
        ? promptMean('kl_to_base', values, seed)
        : reportFigure('kl_to_base', null, 0, { note: 'there is no base model to compare with' }),
    ],
    rows,
  };
}

/** Every so many prompts, one is asked. */
const EACH = { small: 6, quick: 3, full: 1 } as const;

export const drift = defineEvaluation({
  key: 'drift',
  title: 'Drift',
  note: 'How far its answers to unrelated prompts have moved from the untouched model’s.',
  measures: 'change',
  settings: { drift: v.optional(v.boolean('true or false'), true) },
  data: {},
  figures: { kl_to_base: { unit: 'nats', better: 'lower' } },
  plan: ({ size }) => UNRELATED_PROMPTS.filter((_, i) => i % EACH[size] === 0),
  cost: (prompts) => ({
    words: counted(prompts.length, 'unrelated prompt'),
    calls: prompts.length,
  }),
  run: evaluateDrift,
});
