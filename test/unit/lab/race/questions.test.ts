// The questions of the stage: each is found again in the experiment that asks it.
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { questionIn, QUESTIONS, usualValues } from '../../../../src/lab/race/questions.ts';

const dataOf = (data: object) => resolveExperiment({ data }).data;

test.each(QUESTIONS)('$key is found by its data, with its values', (question) => {
  const usual = usualValues(question);
  const moved = Object.fromEntries(question.controls.map(({ name, max }) => [name, max]));
  for (const values of [usual, moved]) {
    expect(questionIn(dataOf(question.data(values)))).toEqual({ key: question.key, values });
  }
});

test('what no question asks is none of them', () => {
  const cauchy = { distribution: { family: 'cauchy', params: { x0: 0, gamma: 1 } }, decimals: 2 };
  expect(questionIn(dataOf(cauchy))).toBeUndefined();
  const choices = [{ value: 'heads' }, { value: 'tails' }, { value: 'edge' }];
  expect(questionIn(dataOf({ choices }))).toBeUndefined();
});
