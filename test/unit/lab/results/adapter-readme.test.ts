import { expect, test } from 'vitest';
import { adapterReadme } from '../../../../src/lab/results/adapter-readme.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { resultsOf } from '../../../../src/lab/results/results.ts';
import { runState } from '../../../../src/lab/state/run-state.ts';

const row = (arm: string, kl: number): StudyEvent => ({
  type: 'row',
  row: {
    ...{ arm, split: 'test_ood_family', family: 'gamma', id: 'gamma_1', kl, tv: kl / 10, js: 0 },
    ...{ valid_mass: 0.75, wasserstein_1: null, reference_logit_kl: null },
  },
});
const step: StudyEvent = {
  ...{ type: 'step', arm: 'soft', step: 3, steps: 3, loss: 1, learningRate: 0.1 },
  ...{ answerTokens: 50, promptTokens: 70, seconds: 2 },
};
const experiment = resolveExperiment({ model: 'hf:owner/name', seed: 5 });
const events = [step, row('base', 6), row('soft', 0.5), row('hard', 9)];
const results = resultsOf(runState(experiment, events));

test('a trained arm is described beside the untouched model', () => {
  const readme = adapterReadme(results, 'soft')!;
  expect(readme).toContain('base_model: owner/name');
  expect(readme).toContain('| method | soft |\n| steps | 3 |');
  expect(readme).toContain('| seed | 5 |');
  expect(readme).toContain('## Held-out families');
  expect(readme).toContain('| base | 6 | 0.6 | 0.75 | 1 |\n| soft | 0.5 | 0.05 | 0.75 | 1 |\n\n');
  expect(readme).not.toContain('Trained prompts');
});

test('an arm that was not trained has no card', () => {
  expect(adapterReadme(results, 'base')).toBeUndefined();
  expect(adapterReadme(results, 'hard')).toBeUndefined();
  expect(adapterReadme(results, 'unknown')).toBeUndefined();
});
