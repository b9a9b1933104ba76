import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { scoringResolution } from '../../../../src/lab/plan/study-plan.ts';
import { studyPrompts } from '../../../../src/lab/plan/study-prompts.ts';
import { previewTarget } from '../../../../src/lab/plan/target-preview.ts';

test('a distribution is previewed with its prompt, answers and trie', () => {
  const preview = previewTarget({
    distribution: { family: 'bernoulli', params: { p: 0.25 } },
  });
  expect(preview).toMatchObject({
    id: 'bernoulli_p_0p25',
    kind: 'discrete',
    values: ['0', '1'],
    probabilities: [0.75, 0.25],
    mean: 0.25,
    trie: { nodes: 3, depth: 1 },
  });
  expect(preview.prompt).toContain('from a Bernoulli distribution with parameters p=0.25');
  expect(preview.entropy).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 12);
});

test('choices are previewed by their weights; those that cannot occur are left out', () => {
  const preview = previewTarget({
    choices: [
      { value: 'apple', weight: 3 },
      { value: 'fig', weight: 1 },
      { value: 'stone', weight: 0 },
    ],
    prompt: 'Pick a fruit.',
  });
  expect(preview).toMatchObject({
    kind: 'choices',
    prompt: 'Pick a fruit.',
    values: ['apple', 'fig'],
    probabilities: [0.75, 0.25],
    mean: null,
  });
});

test.each([
  [{ family: 'uniform', params: { a: 1, b: 1 } }, 'data.distribution.params.a'],
  [{ family: 'gaussian', params: { mu: 0, sigma: -1 } }, 'data.distribution.params.sigma'],
  [{ family: 'normal', params: {} }, 'data.distribution.family'],
])('%j is refused at %s', (distribution, field) => {
  expect(() => previewTarget({ distribution })).toThrow(InputError);
  try {
    previewTarget({ distribution });
  } catch (thrown) {
    expect((thrown as InputError).field).toBe(field);
  }
});

/** What a run would score, or the field it is refused at. */
function run(data: object, preset?: 'paper') {
  const experiment = resolveExperiment({ data, training: { ...(preset && { preset }) } });
  const [row] = studyPrompts(experiment).evaluation;
  const { values, probabilities, cut } = row!.prompt.space(scoringResolution(experiment));
  return { prompt: row!.prompt.text, values, probabilities: [...probabilities], cut };
}
const verdict = (answers: () => object) => {
  try {
    return answers();
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    return { field: thrown.field, message: thrown.message };
  }
};
const one = (family: string, params: Record<string, number>, more = {}) => ({
  distribution: { family, params },
  ...more,
});

test.each([
  one('bernoulli', { p: 0 }),
  one('bernoulli', { p: 1 }),
  one('binomial', { n: 1000, p: 0.001 }),
  one('poisson', { lambda: 2000 }),
  one('uniform', { a: 0.001, b: 0.002 }),
  one('uniform', { a: 1, b: 1 }),
  one('pareto', { alpha: 0.005, xm: 100 }),
  one('gaussian', { mu: 1e14, sigma: 1 }),
  one('beta_binomial', { n: 1e8, alpha: 1, beta: 1 }),
  one('gaussian', { mu: 0, sigma: 1 }, { decimals: 12, bins: 2 }),
  { choices: [{ value: 'a', weight: 0 }, { value: 'b' }] },
  { choices: [{ value: 'a' }, { value: 'a ' }] },
  { choices: [{ value: 'red' }, { value: 'blue' }], prompt: 'A colour, please.' },
])('T3: preview and run have one answer space and one verdict on %j', (data) => {
  for (const preset of [undefined, 'paper'] as const) {
    const previewed = verdict(() => {
      const { prompt, values, probabilities, cut } = previewTarget(data as never, preset);
      return { prompt, values, probabilities, cut };
    });
    expect(previewed).toEqual(verdict(() => run(data, preset)));
  }
});

test('T1: with the paper’s preset the preview says what was cut', () => {
  const data = one('poisson', { lambda: 2000 });
  expect(previewTarget(data, 'paper').cut).toBeCloseTo(1, 9);
  expect(previewTarget(data).cut).toBe(0);
  expect(previewTarget(data).values[0]).toBe('1863');
});
