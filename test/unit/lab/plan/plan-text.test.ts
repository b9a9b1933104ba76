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

test('say what differs from the reference', () => {
  const own = { draws: 'stratified', tail_policy: 'none', bin_placement: 'quantiles' } as const;
  const anchor = { weight: 0.5 };
  const soft = {
    method: 'soft',
    anchor,
    weighting: 'tokens',
    mix: 0.25,
    smoothing: 0.1,
    ...own,
  } as const;
  const training = { curriculum: 'entropy' } as const;
  expect(texts({ arms: [soft, { method: 'hard', anchor: { weight: 2 } }], training })).toEqual([
    'soft, 16 answers of 8 prompts a step, in strata, weighing tokens alike, 0.25 of the targets sampled, ' +
      'smoothed by 0.1, without tails, bins at quantiles, anchor 0.5 on 8 prompts, least entropy first',
    'hard, 16 answers of 8 prompts a step, anchor 2 on 8 prompts, least entropy first',
  ]);
});

test('defaults that are written out are not worth a word', () => {
  const written = { draws: 'independent', tail_policy: 'clip_to_edge_bin', mix: 0 } as const;
  expect(texts({ arms: [{ method: 'soft', weighting: 'paths', ...written }] })).toEqual([
    'soft, 16 answers of 8 prompts a step',
  ]);
});
