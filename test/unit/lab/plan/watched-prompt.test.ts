import { expect, test } from 'vitest';
import { parametersIn } from '../../../../src/core/prompts/sampling-prompt.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { studyPrompts } from '../../../../src/lab/plan/study-prompts.ts';
import { watchedPrompt } from '../../../../src/lab/plan/watched-prompt.ts';

/** As the page reads them, that has their words alone. */
const read = (texts: readonly string[]) =>
  texts.map((text) => ({ text, parameters: parametersIn(text).length }));

/** As a prompt of the paper writes them. */
const asked = (parameters: string) =>
  `Generate exactly ONE random number from a distribution with parameters ${parameters}. Output ONLY the number.`;

test('P12: a prompt with round parameters is watched, not the first of the grid', () => {
  const rates = ['lambda=0.6294627058970836', 'mu=0.5', 'mu=1.5', 'a=10'].map(asked);
  expect(watchedPrompt(read(rates))).toBe(1);
  const { evaluation } = studyPrompts(resolveExperiment({ data: { categories: 'all' } }));
  const prompts = evaluation.flatMap(({ split, prompt: { text, distribution } }) =>
    split === 'train'
      ? [{ text, parameters: Object.keys(distribution?.parameters ?? {}).length }]
      : [],
  );
  expect(read(prompts.map(({ text }) => text))).toEqual(prompts);
  const watched = prompts[watchedPrompt(prompts)]!;
  expect(watched.parameters).toBeGreaterThan(1);
  expect(watched.text.replace(/\D/g, '').length).toBeLessThanOrEqual(5);
});

test('one with two parameters rather than one, whatever their digits', () => {
  const texts = ['nu=2.75', 'a=0.6294627058970836, b=1', 'n=15, p=0.6', 'n=8, p=0.75'];
  expect(watchedPrompt(read(texts.map(asked)))).toBe(2);
});
