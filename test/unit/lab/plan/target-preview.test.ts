import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
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
