import { expect, test } from 'vitest';
import { createDistribution } from '../../../src/core/distributions/create.ts';
import { expectedTotalVariation } from '../../../src/core/scoring/sampled-variation.ts';
import { outputSpace } from '../../../src/core/targets/output-space.ts';
import type { SamplingTask } from '../../../src/evaluation/structured-sampling.ts';
import { sampledScore, searchTemperature } from '../../../src/evaluation/temperature-search.ts';
import { scriptedModel } from './scripted-model.ts';

test('the minimum of a smooth distance is found to within the last step', async () => {
  const tried: number[] = [];
  const progress: number[] = [];
  const score = (temperature: number) => {
    tried.push(temperature);
    return Promise.resolve(Math.abs(Math.log(temperature / 1.7)));
  };
  const { best, curve } = await searchTemperature(score, {
    refinements: 3,
    onProgress: (done, total) => progress.push(done / total),
  });
  expect(tried).toHaveLength(7 + 2 * 3);
  // Neighbours are at most 10/7 apart; three halvings leave a factor of (10/7)^(1/8).
  expect(Math.abs(Math.log(best!.temperature / 1.7))).toBeLessThan(Math.log(10 / 7) / 8);
  expect(best!.score).toBe(Math.min(...curve.map((point) => point.score!)));
  const temperatures = curve.map((point) => point.temperature);
  expect(temperatures).toEqual([...tried].sort((a, b) => a - b));
  expect([progress[0], progress.at(-1)]).toEqual([0, 1]);
});

test('a minimum beyond the list is approached, an undefined score never wins', async () => {
  const score = (temperature: number) => Promise.resolve(temperature > 3 ? NaN : -temperature);
  const { best, curve } = await searchTemperature(score, { temperatures: [1, 2], refinements: 2 });
  expect(best!.temperature).toBeCloseTo(2 * Math.SQRT2, 12);
  expect(curve.at(-1)!.score).toBeNull();
  const none = await searchTemperature(() => Promise.resolve(null), {});
  expect(none.best).toBeNull();
  expect(none.curve).toHaveLength(7);
});

test.each([[[1, 1]], [[0, 1]], [[2, 1]], [[1, NaN]], [[99]]])(
  '%o are no temperatures',
  async (t) => {
    const run = searchTemperature(() => Promise.resolve(0), { temperatures: t });
    await expect(run).rejects.toMatchObject({ name: 'InputError' });
  },
);

test('a model that is twice too sharp is best at temperature 2', async () => {
  const tasks = [
    ['gaussian', { mu: 0, sigma: 1 }],
    ['poisson', { lambda: 4 }],
    ['uniform', { a: 0, b: 0.3 }],
  ].map(([family, parameters]): SamplingTask => {
    const distribution = createDistribution(family as string, parameters as never);
    const space = outputSpace(distribution, { decimals: 1 });
    const id = family as string;
    return { id, split: 'train', family: id, prompt: id, distribution, space };
  });
  const model = scriptedModel({
    answers: (prompt) => {
      const { space } = tasks.find((task) => task.prompt === prompt)!;
      const squares = space.probabilities.map((p) => p * p);
      const total = squares.reduce((a, b) => a + b, 0);
      return Object.fromEntries(space.values.map((text, i) => [text, squares[i]! / total]));
    },
  });
  const samples = 2000;
  const score = sampledScore(model, tasks, { seed: 11, samples });
  const { best, curve } = await searchTemperature(score, {});
  expect(best!.temperature).toBeGreaterThan(1.7);
  expect(best!.temperature).toBeLessThan(2.4);
  // At 2 the model is a perfect sampler, whose total variation at this n is known.
  const expected = tasks.map(({ space }) => expectedTotalVariation(space.probabilities, samples));
  const perfect = expected.reduce((a, b) => a + b) / tasks.length;
  const at2 = curve.find(({ temperature }) => temperature === 2)!.score!;
  // McDiarmid over 3 * 2000 answers, each moving the mean by at most 1 / (3 * 2000).
  expect(Math.abs(at2 - perfect)).toBeLessThan(Math.sqrt(Math.log(2e6) / (2 * 3 * samples)));
});

test('answers that are not valid count as one more outcome', async () => {
  const distribution = createDistribution('bernoulli', { p: 0.5 });
  const task: SamplingTask = {
    id: 'coin',
    split: 'train',
    family: 'bernoulli',
    prompt: 'coin',
    distribution,
    space: outputSpace(distribution),
  };
  const model = scriptedModel({ answers: () => ({ heads: 0.5, '2': 0.25, '1': 0.25 }) });
  const counts = await model.sample('coin', 400, { seed: 11, maxTokens: 32 });
  const ones = counts.get('1')! / 400;
  const score = await sampledScore(model, [task], { seed: 11, samples: 400 })(1);
  expect(score).toBeCloseTo((0.5 + (0.5 - ones) + (1 - ones)) / 2, 12);
});
