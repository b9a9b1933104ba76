// Plans in words.
import { expect, test } from 'vitest';
import {
  isTrained,
  resolveExperiment,
  type ExperimentInput,
} from '../../../../src/lab/experiment/experiment.ts';
import { planText } from '../../../../src/lab/plan/plan-text.ts';

const texts = (input: ExperimentInput) => {
  const experiment = resolveExperiment(input);
  return experiment.arms.flatMap((arm) => (isTrained(arm) ? [planText(arm, experiment)] : []));
};

test('say method, answers and prompts', () => {
  expect(texts({})).toEqual([
    'soft, 16 answers of 8 prompts a step',
    'hard, 16 answers of 8 prompts a step',
  ]);
  expect(texts({ arms: [{ method: 'soft', paths: 'trie' }] })).toEqual([
    'soft, whole tries of 8 prompts a step',
  ]);
  expect(texts({ training: { preset: 'paper', batch: 2 } })[1]).toBe(
    'hard, 1 answer of 2 prompts a step',
  );
});

test('say what else an arm does', () => {
  const arms = [
    { method: 'soft', anchor: { weight: 0.5, every: 4 } },
    { method: 'exact', objective: 'tv' },
    { name: 'drawn', method: 'exact', paths: 4 },
  ] satisfies ExperimentInput['arms'];
  expect(texts({ arms })).toEqual([
    'soft, 16 answers of 8 prompts a step, anchor 0.5 on 8 prompts every 4 steps',
    'exact, total variation, KL until every valid mass is above 0.5, whole tries of 8 prompts a step',
    'exact, KL(target ‖ model), 4 answers of 8 prompts a step',
  ]);
});
