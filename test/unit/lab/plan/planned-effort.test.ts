// What training is said to take, against what it took.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { plannedEffort } from '../../../../src/lab/plan/planned-effort.ts';
import { eventsOf, only, tinyExperiment, tinyStudy } from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

beforeAll(() => startNodeBackend('wasm'), 60_000);

test('the paper’s preset has the paper’s numbers of prompts and completions', () => {
  const [soft, hard] = plannedEffort(resolveExperiment({ training: { preset: 'paper' } }));
  // 1,988 training prompts; 3 epochs of a path, 2 epochs of 16 answers, in batches of 8.
  expect(soft).toMatchObject({ distinctPrompts: 1988, steps: 746, answers: 1, bins: 1001 });
  expect(hard).toMatchObject({ distinctPrompts: 1988, steps: 7952, answers: 1, bins: 16_384 });
  expect(hard!.prompts).toBe(2 * 16 * 1988);
});

test('matched arms take the same; arms that are not trained take nothing', () => {
  const arms = [{ method: 'none' }, { method: 'soft', paths: 3 }, { method: 'hard' }] as const;
  const plans = plannedEffort(
    resolveExperiment({ arms: [...arms], training: { preset: 'matched', steps: 50 } }),
  );
  const [soft, hard] = plans.map(({ arm: _, ...rest }) => rest);
  expect(plans.map(({ arm }) => arm)).toEqual(['soft', 'hard']);
  expect(soft).toEqual(hard);
  expect(soft).toMatchObject({ steps: 50, answers: 16, prompts: 400 });
});

test('answer tokens are those of the study, for a tokenizer that writes digits singly', async () => {
  const model = await loadTinyModel();
  const experiment = tinyExperiment({
    data: { families: ['gaussian', 'binomial'], prompts_per_family: 3, decimals: 1, bins: 200 },
    arms: [
      { method: 'soft', paths: 8 },
      { name: 'all', method: 'soft', paths: 'trie' },
    ],
    training: { steps: 40, batch: 6, lora: { rank: 2 } },
    evaluation: { splits: ['train'] },
  });
  const steps = only(await eventsOf(tinyStudy(model, experiment)), 'step');
  for (const { arm, answerTokens, prompts } of plannedEffort(experiment)) {
    const taken = steps.filter((step) => step.arm === arm).at(-1)!;
    expect(prompts).toBe(240);
    // Every prompt is shown equally often; only which answers are drawn is left to chance.
    const tolerance = arm === 'all' ? 1e-9 : 0.05;
    expect(Math.abs(answerTokens / taken.answerTokens - 1), arm).toBeLessThan(tolerance);
  }
}, 120_000);
