import { expect, test } from 'vitest';
import { searchTemperature } from '../../../src/methods/temperature/search.ts';

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
  const target = [0.5, 0.3, 0.15, 0.05];
  const tempered = (temperature: number) => {
    const powers = target.map((p) => (p * p) ** (1 / temperature));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((p) => p / total);
  };
  const kl = (temperature: number) => {
    const model = tempered(temperature);
    return target.reduce((sum, p, i) => sum + p * Math.log(p / model[i]!), 0);
  };
  const { best } = await searchTemperature((t) => Promise.resolve(kl(t)), {});
  expect(best!.temperature).toBe(2);
  expect(best!.score).toBeCloseTo(0, 12);
});
