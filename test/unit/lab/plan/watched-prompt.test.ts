import { expect, test } from 'vitest';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { studyPrompts } from '../../../../src/lab/plan/study-prompts.ts';
import { watchedPrompt } from '../../../../src/lab/plan/watched-prompt.ts';

test('P12: a prompt with round parameters is watched, not the first of the grid', () => {
  expect(watchedPrompt(['lambda=0.6294627058970836', 'mu=0.5', 'mu=1.5', 'a=10'])).toBe(1);
  const { evaluation } = studyPrompts(resolveExperiment({}));
  const texts = evaluation.flatMap(({ split, prompt }) => (split === 'train' ? [prompt.text] : []));
  const watched = texts[watchedPrompt(texts)]!;
  expect(watched.replace(/\D/g, '').length).toBeLessThanOrEqual(5);
});

test('one with two parameters rather than one, whatever their digits', () => {
  expect(
    watchedPrompt(['nu=2.75', 'a=0.6294627058970836, b=1', 'n=15, p=0.6', 'n=8, p=0.75']),
  ).toBe(2);
});
