import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../../src/lab/compare/columns.ts';
import { compare } from '../../../../src/lab/compare/comparison.ts';
import { comparisonStory } from '../../../../src/lab/compare/comparison-story.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { familyScores } from '../../../../src/lab/compare/family-scores.ts';
import type { StudyEvent, TargetEvent } from '../../../../src/lab/events.ts';
import { partOf, row, scored, stored } from './stored.ts';

const scoresOf = (parts: Parameters<typeof columnsOf>[0], against = 0) =>
  compare(parts, { against }).scores[0]!;

/** Eight prompts of four families. */
const PROMPTS = ['a_1', 'a_2', 'a_3', 'b_1', 'b_2', 'c_1', 'd_1', 'd_2'];
const everywhere = (kl: (i: number) => number) =>
  Object.fromEntries(PROMPTS.map((id, i) => [id, kl(i)]));

describe('means and differences', () => {
  test('weight families equally and pair prompts', () => {
    const { scores, prompts, shared, families } = scoresOf([
      scored('x', 'base', { gaussian_a: 2, gaussian_b: 4, poisson_a: 7 }),
      scored('x', 'soft', { gaussian_a: 1, gaussian_b: 2, poisson_a: 4 }),
    ]);
    expect(scores.kl.map(({ mean }) => mean?.value)).toEqual([5, 2.75]);
    expect(scores.kl[0]!.difference).toBeNull();
    // Gaussian: ((1 - 2) + (2 - 4)) / 2, Poisson: 4 - 7.
    expect(scores.kl[1]!.difference).toMatchObject({ value: -2.25, prompts: 3 });
    expect(scores.tv[1]!.difference!.value).toBeCloseTo(-0.225, 12);
    expect(scores.valid_mass[1]!.difference!.value).toBeCloseTo(0.0225, 12);
    expect(scores.wasserstein_1[1]).toEqual({ mean: null, difference: null, standing: null });
    expect({ prompts, shared, families }).toEqual({ prompts: [3, 3], shared: [3, 3], families: 2 });
  });

  test('a difference looks at shared prompts only, and says how many there are', () => {
    const { scores, shared } = scoresOf([
      scored('x', 'base', { gaussian_a: 2, gaussian_b: 4 }),
      scored('y', 'soft', { gaussian_b: 1, gaussian_c: 100 }),
    ]);
    expect(scores.kl[1]!.mean!.value).toBe(50.5);
    expect(scores.kl[1]!.difference).toEqual({ value: -3, interval: null, prompts: 1 });
    expect(shared).toEqual([2, 1]);
  });

  test('the same distribution at another resolution is another prompt', () => {
    const at = (values: string[]): TargetEvent => ({
      ...{ type: 'target', id: 'gaussian_a', split: 'train', family: 'gaussian', prompt: 'Draw.' },
      ...{ kind: 'continuous', values, probabilities: values.map(() => 1 / values.length) },
    });
    const part = (id: string, values: string[]) =>
      partOf(readRun(stored(id), [at(values), row('soft', 'gaussian_a', 1)]), 'soft');
    const { scores, shared } = scoresOf([part('x', ['0.0', '0.1']), part('y', ['0.00', '0.01'])]);
    expect(scores.kl[1]!.difference).toBeNull();
    expect(shared).toEqual([1, 0]);
    expect(scoresOf([part('x', ['0.0', '0.1']), part('y', ['0.0', '0.1'])]).shared).toEqual([1, 1]);
  });

  test('seeds in common are paired, so that what they share cancels out', () => {
    const run = (id: string, arm: string, seed: number, kl: number) =>
      scored(id, arm, { [`gaussian_${seed}`]: kl }, { seed });
    // Each seed has prompts of its own; hard is 1 above soft on both.
    const { scores } = scoresOf([
      run('x', 'soft', 1, 2),
      run('y', 'soft', 2, 10),
      run('x', 'hard', 1, 3),
      run('y', 'hard', 2, 11),
    ]);
    expect(scores.kl.map(({ mean }) => mean?.value)).toEqual([6, 7]);
    expect(scores.kl[1]!.difference).toMatchObject({ value: 1, interval: { low: 1, high: 1 } });
  });
});

test('P9: one prompt under one seed has no interval; a second seed or prompt gives one', () => {
  const arms = (seeds: readonly number[], prompts: Record<string, number>) =>
    ['base', 'soft'].flatMap((arm, i) =>
      seeds.map((seed) =>
        scored(
          `run ${seed}`,
          arm,
          Object.fromEntries(Object.entries(prompts).map(([id, kl]) => [id, kl + i + seed / 10])),
          { seed },
        ),
      ),
    );
  const single = compare(arms([1], { gaussian_a: 1 }));
  const { kl } = single.scores[0]!.scores;
  expect(kl.map(({ mean }) => mean?.interval)).toEqual([null, null]);
  expect(kl.map(({ standing }) => standing)).toEqual([null, null]);
  expect(comparisonStory(single)).toEqual([]);
  for (const several of [
    arms([1, 2], { gaussian_a: 1 }),
    arms([1], { gaussian_a: 1, beta_a: 2 }),
  ]) {
    const { kl: supported } = compare(several).scores[0]!.scores;
    expect(supported.every(({ mean }) => mean?.interval)).toBe(true);
    expect(supported.map(({ standing }) => standing)).toEqual(['best', 'behind']);
  }
});

describe('standings', () => {
  test('best is lowest for KL, highest for valid mass; a steady gap is clear', () => {
    const { scores } = scoresOf([
      scored(
        'x',
        'base',
        everywhere((i) => i + 2),
      ),
      scored(
        'x',
        'soft',
        everywhere((i) => i),
      ),
    ]);
    expect(scores.kl.map(({ standing }) => standing)).toEqual(['behind', 'best']);
    expect(scores.valid_mass.map(({ standing }) => standing)).toEqual(['behind', 'best']);
    const gap = scores.kl[1]!.difference!;
    expect(gap.value).toBeCloseTo(-2, 12);
    expect(gap.interval!.low).toBeCloseTo(-2, 12);
    expect(gap.interval!.high).toBeCloseTo(-2, 12);
  });

  test('a gap that changes its sign from prompt to prompt is none', () => {
    const { scores } = scoresOf([
      scored(
        'x',
        'soft',
        everywhere(() => 5),
      ),
      scored(
        'x',
        'hard',
        everywhere((i) => 5 + (i % 2 ? 1 : -0.9)),
      ),
    ]);
    expect(scores.kl.map(({ standing }) => standing)).toEqual(['best', 'level']);
    const { interval } = scores.kl[1]!.difference!;
    expect(interval!.low).toBeLessThan(0);
    expect(interval!.high).toBeGreaterThan(0);
  });

  test('are not given on a single prompt, nor alone, nor without shared prompts', () => {
    const standings = (parts: Parameters<typeof columnsOf>[0]) =>
      scoresOf(parts).scores.kl.map(({ standing }) => standing);
    const one = scored('x', 'base', { gaussian_a: 2 });
    expect(standings([one])).toEqual([null]);
    expect(standings([one, scored('x', 'soft', { gaussian_a: 1 })])).toEqual([null, null]);
    expect(standings([one, scored('y', 'soft', { gaussian_b: 1 })])).toEqual([null, null]);
  });
});

test('the mean of a single arm has an interval around it, the same every time', () => {
  const parts = [
    scored(
      'x',
      'soft',
      everywhere((i) => i),
    ),
  ];
  const { mean } = scoresOf(parts).scores.kl[0]!;
  expect(mean!.value).toBeCloseTo((1 + 3.5 + 5 + 6.5) / 4, 12);
  expect(mean!.interval!.low).toBeGreaterThan(1);
  expect(mean!.interval!.low).toBeLessThan(mean!.value);
  expect(mean!.interval!.high).toBeGreaterThan(mean!.value);
  expect(scoresOf(parts).scores.kl[0]!.mean).toEqual(mean);
});

test('families are averaged over prompts and seeds, their best marked', () => {
  const columns = columnsOf(
    [
      scored('x', 'soft', { a_1: 1, a_2: 3, b_1: 9 }, { seed: 1 }),
      scored('y', 'soft', { a_1: 5, a_2: 3, b_1: 1 }, { seed: 2 }),
      scored('x', 'hard', { a_1: 4, c_1: 2 }, { seed: 1 }),
    ],
    true,
  );
  expect(familyScores(columns, 'train', 'kl')).toEqual([
    { family: 'a', values: [3, 4], best: 0 },
    { family: 'b', values: [5, null], best: null },
    { family: 'c', values: [null, 2], best: null },
  ]);
});

test('the story claims what intervals bear out, and what it costs', () => {
  const valid = (arm: string, kl: (i: number) => number, valid_mass: number): StudyEvent[] =>
    PROMPTS.map((id, i) => row(arm, id, kl(i), { valid_mass }));
  const run = readRun(stored('x'), [
    ...valid('base', () => 8, 0.95),
    ...valid('soft', () => 2, 0.7),
    ...valid('hard', (i) => 2 + (i % 2 ? 1 : -0.9), 0.7),
  ]);
  const story = (...arms: string[]) =>
    comparisonStory(compare(arms.map((arm) => partOf(run, arm))));
  expect(story('base', 'soft', 'hard')).toEqual([
    'On trained prompts, soft (2) has the lowest KL: clearly lower than base (8); not clearly lower ' +
      'than hard (2.21). Its answers are valid less often: 70.0 % against 95.0 % for base.',
  ]);
  expect(story('soft')).toEqual([]);
});
