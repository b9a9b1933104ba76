// The recipe "add a family": one call of `defineFamily`, and everything else follows.
import { expect, test } from 'vitest';
import { FAMILIES } from '../../../../src/core/distributions/families.ts';
import { defineFamily, real } from '../../../../src/core/distributions/family.ts';
import { linear } from '../../../../src/core/distributions/grids.ts';

test('a family of one file is in the list, the schema, the help, the commands and a study', async () => {
  const before = FAMILIES.length;
  defineFamily({
    id: 'arcsine',
    displayName: 'Arcsine',
    tier: 'III',
    kind: 'continuous',
    role: 'extra',
    convention: 'where a pendulum is found between a and b',
    parameters: { a: real('lower end', 0), b: real('upper end', 1) },
    orderings: [['a', '<', 'b']],
    grids: {
      train: { a: linear(-1, 0, 3), b: linear(1, 2, 3) },
      test_unseen: { a: linear(-3, -2, 2), b: linear(3, 4, 2) },
    },
    distribution: ({ a, b }) => ({
      support: [a, b],
      density: (x) => 1 / (Math.PI * Math.sqrt((x - a) * (b - x))),
      cdf: (x) => (2 / Math.PI) * Math.asin(Math.sqrt((x - a) / (b - a))),
      quantile: (p) => a + (b - a) * Math.sin((Math.PI * p) / 2) ** 2,
      mean: (a + b) / 2,
      variance: (b - a) ** 2 / 8,
    }),
  });
  expect(FAMILIES).toHaveLength(before + 1);

  const { lab, result } = await import('../../cli/run.ts');
  expect((await lab(['help', 'distribution'])).output).toMatch(
    /arcsine \(a, b\) +where a pendulum/,
  );
  const arcsine = ['--family', 'arcsine', '--params', 'a=0,b=1'];
  expect(await result(['distribution', ...arcsine, '--quantiles', '0.25'])).toMatchObject({
    ppf: [expect.closeTo(0.1464466, 6)],
    mean: 0.5,
  });
  const { values } = await result<{ values: string[] }>(['targets', ...arcsine]);
  expect([values[0], values.at(-1)]).toEqual(['0.01', '0.99']);
  const { errors } = await lab(['distribution', '--family', 'arcsine', '--params', 'a=1,b=0']);
  expect(errors).toContain('a must be below b');

  const { resolveExperiment } = await import('../../../../src/lab/experiment/experiment.ts');
  const { studyPrompts } = await import('../../../../src/lab/plan/study-prompts.ts');
  const study = studyPrompts(
    resolveExperiment({
      data: { families: ['arcsine'], prompts_per_family: 4 },
      evaluation: { splits: ['train', 'test_unseen_params'] },
    }),
  );
  expect(study.training.map(({ family }) => family)).toEqual(Array(4).fill('arcsine'));
  expect(study.training[0]!.text).toContain('from a Arcsine distribution with parameters a=');
  expect(study.evaluation.map(({ split }) => split)).toEqual(['train', 'test_unseen_params']);
  // It is no family of the paper: what the paper trains and tests stays what it was.
  expect(studyPrompts(resolveExperiment({})).training.some((p) => p.family === 'arcsine')).toBe(
    false,
  );
});

test.each(['gaussian', '__proto__', 'constructor', 'Arc Sine'])('no family is called %s', (id) => {
  const formulas = { support: [0, 1], mean: 0, variance: 0 } as const;
  const zero = () => 0;
  expect(() =>
    defineFamily({
      id,
      displayName: id,
      tier: 'I',
      kind: 'continuous',
      role: 'extra',
      convention: '',
      parameters: { a: real('a', 0) },
      grids: {},
      distribution: () => ({ ...formulas, density: zero, cdf: zero, quantile: zero }),
    }),
  ).toThrow(/cannot be called/);
});
