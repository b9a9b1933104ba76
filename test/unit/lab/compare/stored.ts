// Stored runs to compare, made up: what each arm scored on which prompts.
import { type ComparedRun, readRun } from '../../../../src/lab/compare/compared-run.ts';
import type { ColumnPart } from '../../../../src/lab/compare/columns.ts';
import type { EvaluationRow, StudyEvent } from '../../../../src/lab/events.ts';
import {
  type ExperimentInput,
  resolveExperiment,
} from '../../../../src/lab/experiment/experiment.ts';
import type { StoredRun } from '../../../../src/lab/runs/run-store.ts';

export const stored = (
  id: string,
  experiment: ExperimentInput = {},
  more: Partial<StoredRun> = {},
): StoredRun => ({
  id,
  name: `run ${id}`,
  createdAt: Date.UTC(2026, 0, 2, 3, 4),
  updatedAt: 0,
  status: 'done',
  experiment: resolveExperiment(experiment),
  environment: null,
  error: null,
  headline: {},
  ...more,
});

export const row = (
  arm: string,
  id: string,
  kl: number,
  more: Partial<EvaluationRow> = {},
): StudyEvent => ({
  type: 'row',
  row: {
    arm,
    split: 'train',
    family: id.split('_')[0]!,
    id,
    kl,
    tv: kl / 10,
    js: kl / 20,
    valid_mass: 1 - kl / 100,
    wasserstein_1: null,
    reference_logit_kl: null,
    ...more,
  },
});

export const report = (
  arm: string,
  name: Extract<StudyEvent, { type: 'report' }>['name'],
  content: unknown,
): StudyEvent => ({ type: 'report', arm, name, report: content });

/** The arm `arm` of a run whose KL on every prompt is given. */
export function scored(
  id: string,
  arm: string,
  kl: Readonly<Record<string, number>>,
  experiment: ExperimentInput = {},
): ColumnPart {
  const events = Object.entries(kl).map(([prompt, value]) => row(arm, prompt, value));
  return partOf(readRun(stored(id, experiment), events), arm);
}

export function partOf(run: ComparedRun, name: string): ColumnPart {
  const arm = run.arms.find((candidate) => candidate.name === name);
  if (!arm) throw new Error(`the run has no arm ${name}`);
  return { run, arm };
}
