// What arms train with under each preset.
import { describe, expect, test } from 'vitest';
import { isTrained, resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import type { ExperimentInput } from '../../../../src/lab/experiment/experiment.ts';
import { PRESET_NAMES } from '../../../../src/lab/experiment/presets.ts';
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

test('an anchor stays under every preset, and exact arms keep their answers', () => {
  const anchor = {
    ...{ weight: 2, batch: 1, every: 2, answers: 1, max_tokens: 8, top: 10 },
    prompts: ['Why?'],
  };
  const arms = [
    { method: 'soft', anchor },
    { method: 'hard', anchor },
    { method: 'exact', objective: 'brier', anchor },
  ] satisfies ExperimentInput['arms'];
  for (const preset of [undefined, ...PRESET_NAMES]) {
    const plans = plansOf({ arms, training: preset ? { preset } : {} }, 40);
    expect(plans.map((plan) => plan.anchor)).toEqual([anchor, anchor, anchor]);
    expect(plans[2]!.answers).toBe('trie');
  }
});

test('the best preset writes out what it stands for, and leaves what was written', () => {
  const training = { preset: 'best', steps: 160, batch: 5 } as const;
  const { data, arms: resolved, training: own } = resolveExperiment({ arms, training });
  expect(data.categories).toBe('all');
  expect(own.batch).toBe(1);
  expect(plansOf({ arms, training }, 40)).toMatchObject(
    resolved.map(() => ({ answers: 4, steps: 160, anchor: { batch: 1, every: 4 } })),
  );
  const written = resolveExperiment({
    data: { categories: ['die'] },
    arms: [{ method: 'none' }, { method: 'soft', anchor: { every: 9 } }],
    training,
  });
  expect(written.data.categories).toEqual(['die']);
  expect(written.arms).toMatchObject([{ method: 'none' }, { anchor: { every: 9, batch: 8 } }]);
  const distribution = { family: 'beta', params: { alpha: 2, beta: 5 } };
  expect(resolveExperiment({ data: { distribution }, training }).data.categories).toBeUndefined();
  // Results and links have it written out, and are read again.
  expect(resolveExperiment(written)).toEqual(written);
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
