import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import {
  familyBalancedInterval,
  familyBalancedMean,
  percentileInterval,
} from '../../../../src/core/scoring/bootstrap.ts';
import { wilsonInterval } from '../../../../src/core/scoring/wilson.ts';

const prompt = (family: string, ...values: (number | null)[]) => ({ family, values });

test('families count the same, undefined values do not count', () => {
  const prompts = [
    prompt('a', 1, 3),
    prompt('a', null, 5),
    prompt('b', 10, 20),
    prompt('c', null, null),
  ];
  expect(familyBalancedMean(prompts)).toBe((3 + 15) / 2);
  expect(familyBalancedMean([prompt('a', null)])).toBeNull();
  expect(familyBalancedMean([])).toBeNull();
});

test('the interval of a mean is as wide as theory says', () => {
  const random = randomStream(3, 'normal');
  const n = 400;
  const prompts = Array.from({ length: n }, () => prompt('a', 2 + random.normal()));
  const mean = familyBalancedMean(prompts)!;
  const { low, high } = familyBalancedInterval(prompts, { seed: 1, resamples: 4000 })!;
  // Standard error 1 / sqrt(n) = 0.05, of which the sample's own spread is within 10 % (2.8 sigma).
  expect(high - low).toBeGreaterThan(0.9 * 2 * 1.96 * 0.05);
  expect(high - low).toBeLessThan(1.1 * 2 * 1.96 * 0.05);
  expect(Math.abs((low + high) / 2 - mean)).toBeLessThan(0.01);
  expect(familyBalancedInterval(prompts, { seed: 1, resamples: 4000 })).toEqual({ low, high });
});

test('95 % intervals hold the truth about as often as they say', () => {
  let held = 0;
  const runs = 300;
  for (let run = 0; run < runs; run++) {
    const random = randomStream(run, 'coverage');
    const prompts = Array.from({ length: 60 }, () => prompt('a', random.uniform()));
    const { low, high } = familyBalancedInterval(prompts, { seed: run, resamples: 300 })!;
    if (low <= 0.5 && 0.5 <= high) held++;
  }
  // 0.95 minus 0.02 for small samples and few resamples, and four binomial errors of 0.0126.
  expect(held / runs).toBeGreaterThan(0.88);
  expect(held / runs).toBeLessThan(1);
});

test('families with a single prompt vary, too', () => {
  const prompts = ['a', 'b', 'c', 'd'].map((family, i) => prompt(family, i));
  const { low, high } = familyBalancedInterval(prompts, { seed: 1 })!;
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(2);
});

test('variation between seeds widens the interval, and one prompt has none', () => {
  const apart = Array.from({ length: 50 }, (_, i) => prompt(`${i % 5}`, 0, 1, 2));
  const { low, high } = familyBalancedInterval(apart, { seed: 1 })!;
  // The mean of three seeds drawn with replacement is 0 or 2 with probability 1/27 each.
  expect([low, high]).toEqual([0, 2]);
  const alike = apart.map(({ family }) => prompt(family, 1, 1, 1));
  expect(familyBalancedInterval(alike, { seed: 1 })).toEqual({ low: 1, high: 1 });
  expect(familyBalancedInterval([prompt('a', 1)], { seed: 1 })).toBeNull();
});

test('percentiles are interpolated; draws without a figure are left out', () => {
  let i = 0;
  const next = () => (i % 2 === 0 ? (i++, null) : Math.floor(i++ / 2));
  // Figures 0, 1, … 10: the 5 % and 95 % points lie at 0.5 and 9.5.
  const interval = percentileInterval(next, { seed: 1, resamples: 22, level: 0.9 })!;
  expect(interval.low).toBeCloseTo(0.5, 12);
  expect(interval.high).toBeCloseTo(9.5, 12);
  expect(percentileInterval(() => null, { seed: 1 })).toBeNull();
});

test("Wilson's interval equals scipy's", () => {
  // scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
  const close = (k: number, n: number, low: number, high: number) => {
    expect(wilsonInterval(k, n)!.low).toBeCloseTo(low, 12);
    expect(wilsonInterval(k, n)!.high).toBeCloseTo(high, 12);
  };
  close(8, 10, 0.4901624715366418, 0.9433178485456248);
  close(0, 10, 0, 0.27753279986288926);
  close(37, 100, 0.28182360534324535, 0.4677947041905709);
  // The ends are exact, whatever the size.
  for (const n of [1, 7, 50]) {
    expect(wilsonInterval(0, n)!.low).toBe(0);
    expect(wilsonInterval(n, n)!.high).toBe(1);
  }
  expect(wilsonInterval(0, 0)).toBeNull();
});
