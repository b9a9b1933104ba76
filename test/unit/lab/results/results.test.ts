import { expect, test } from 'vitest';
import type { EvaluationRow, StudyEvent } from '../../../../src/lab/events.ts';
import {
  type ExperimentInput,
  resolveExperiment,
} from '../../../../src/lab/experiment/experiment.ts';
import { resultsCsv } from '../../../../src/lab/results/results-csv.ts';
import { resultsOf } from '../../../../src/lab/results/results.ts';
import { runState } from '../../../../src/lab/state/run-state.ts';
import { summarise } from '../../../../src/lab/results/summary.ts';

const collected = (experiment: ExperimentInput, events: readonly StudyEvent[]) =>
  resultsOf(runState(resolveExperiment(experiment), events));
const row = (family: string, kl: number, more: Partial<EvaluationRow> = {}): EvaluationRow => ({
  arm: 'soft',
  split: 'train',
  family,
  id: `${family}_${kl}`,
  kl,
  tv: kl / 10,
  js: kl / 20,
  valid_mass: 1,
  wasserstein_1: kl,
  reference_logit_kl: null,
  ...more,
});
const step = (n: number, loss: number | null): StudyEvent => ({
  type: 'step',
  arm: 'soft',
  step: n,
  steps: 2,
  loss,
  learningRate: 1e-3,
  answerTokens: n * 10,
  promptTokens: n * 30,
  seconds: n,
});

test('families weigh the same, however many prompts they have', () => {
  const rows = [row('gaussian', 1), row('gaussian', 3), row('poisson', 8)];
  expect(summarise(rows).train).toMatchObject({ kl: 5, families: 2, prompts: 3 });
});

test('a figure that a prompt does not have is left out of its mean', () => {
  const rows = [row('gaussian', 1), row('cauchy', 3, { wasserstein_1: null })];
  expect(summarise(rows).train).toMatchObject({
    kl: 2,
    wasserstein_1: 1,
    reference_logit_kl: null,
  });
});

test('events add up to results.json', () => {
  const { arm, ...exact } = row('gaussian', 2);
  const results = collected({}, [
    step(1, null),
    step(2, 0.5),
    { type: 'row', row: { arm, ...exact } },
    { type: 'report', arm: 'hard', name: 'mcq', report: { tv: 0.1 } },
  ]);
  expect(Object.keys(results.arms)).toEqual(['base', 'soft', 'hard']);
  expect(results.arms.soft).toMatchObject({
    training: { steps: 2, seconds: 2, answer_tokens: 20, prompt_tokens: 60, loss: [[2, 0.5]] },
    exact: [exact],
    summary: { train: { kl: 2 } },
  });
  expect(results.arms.hard?.mcq).toEqual({ tv: 0.1 });
});

test('CSV quotes what needs it and leaves out what does not exist', () => {
  const results = collected({ arms: [{ method: 'soft' }] }, [
    { type: 'row', row: row('a "b", c', 0.1, { kl: Infinity }) },
  ]);
  expect(resultsCsv(results)).toBe(
    'arm,split,family,id,kl,tv,js,valid_mass,wasserstein_1,reference_logit_kl,rank_correlation\r\n' +
      'soft,train,"a ""b"", c","a ""b"", c_0.1",,0.01,0.005,1,0.1,,\r\n',
  );
});
