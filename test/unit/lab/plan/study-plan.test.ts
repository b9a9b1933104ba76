// What arms train with under each preset.
import { describe, expect, test } from 'vitest';
import { isTrained, resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import type { ExperimentInput } from '../../../../src/lab/experiment/experiment.ts';
import { planArm, scoringResolution } from '../../../../src/lab/plan/study-plan.ts';

function plansOf(input: ExperimentInput, prompts: number) {
  const experiment = resolveExperiment(input);
  return experiment.arms.flatMap((arm) =>
    isTrained(arm) ? [planArm(arm, experiment, prompts)] : [],
  );
}

const arms = [
  { method: 'soft', paths: 'trie' },
  { method: 'hard', answers: 5 },
] satisfies ExperimentInput['arms'];

test('without a preset every arm is as written', () => {
  const data = { decimals: 3, bins: 50 };
  expect(plansOf({ arms, data, training: { steps: 77 } }, 40)).toEqual([
    { answers: 'trie', decimals: 3, bins: 50, steps: 77 },
    { answers: 5, decimals: 3, bins: 50, steps: 77 },
  ]);
  expect(scoringResolution(resolveExperiment({ data }))).toEqual(data);
});

test('matched arms differ in their method only', () => {
  const [soft, hard] = plansOf({ arms, training: { preset: 'matched' } }, 40);
  expect(soft).toEqual({ answers: 16, decimals: 2, bins: 1001, steps: 400 });
  expect(hard).toEqual(soft);
});

test('what an arm says of its targets holds under every preset', () => {
  const anchor = { weight: 2, batch: 1, answers: 1, max_tokens: 8, top: 10, prompts: ['Why?'] };
  const own = {
    draws: 'stratified',
    tail_policy: 'none',
    bin_placement: 'quantiles',
    anchor,
  } as const;
  const experiment = {
    arms: [
      { method: 'soft', mix: 0.5, weighting: 'tokens', smoothing: 0.1, ...own },
      { method: 'hard', ...own },
    ],
  } satisfies ExperimentInput;
  for (const preset of [undefined, 'matched', 'paper'] as const) {
    const plans = plansOf({ ...experiment, training: preset ? { preset } : {} }, 40);
    const common = { draws: 'stratified', tailPolicy: 'none', placement: 'quantiles', anchor };
    const soft = { mix: 0.5, weighting: 'tokens', smoothing: 0.1 };
    expect(plans[0]).toMatchObject({ ...common, soft });
    expect(plans[1]).toMatchObject(common);
    expect(plans[1]).not.toHaveProperty('soft');
  }
  expect(scoringResolution(resolveExperiment(experiment))).toEqual({ decimals: 2, bins: 1001 });
});

describe('the paper’s preset', () => {
  const PROMPTS = 1989;
  const [soft, hard] = plansOf({ arms, training: { preset: 'paper' } }, PROMPTS);

  test('takes its digits and bins', () => {
    expect(soft).toMatchObject({ answers: 1, decimals: 5, bins: 1001 });
    expect(hard).toMatchObject({ answers: 1, decimals: 5, bins: 16_384 });
  });

  test('visits prompts in batches of 8 rows: 3 epochs of paths, 2 of 16 completions', () => {
    expect(soft!.steps).toBe(Math.ceil((3 * PROMPTS) / 8));
    expect(hard!.steps).toBe(Math.ceil((2 * 16 * PROMPTS) / 8));
  });

  test('is scored at the digits it was trained to write', () => {
    const experiment = resolveExperiment({ training: { preset: 'paper' } });
    expect(scoringResolution(experiment)).toEqual({ decimals: 5, bins: 1001, rules: 'paper' });
  });
});
