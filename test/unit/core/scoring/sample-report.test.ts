import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { randomStream } from '../../../../src/core/random.ts';
import { kolmogorovTail } from '../../../../src/core/scoring/kolmogorov.ts';
import { sampleReport } from '../../../../src/core/scoring/sample-report.ts';
import {
  countByBin,
  expectedTotalVariation,
  sampledTotalVariation,
} from '../../../../src/core/scoring/sampled-variation.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import { sampleAnswers } from '../../../../src/core/targets/sample-answers.ts';

const gaussian = createDistribution('gaussian', { mu: 0, sigma: 1 });
const space = outputSpace(gaussian, { decimals: 1 });

test('the expected total variation of a perfect sampler, by enumeration', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
      (n, weights) => {
        const total = weights.reduce((a, b) => a + b, 0);
        const probabilities = weights.map((weight) => weight / total);
        let expected = 0;
        for (const p of probabilities) {
          let binomial = (1 - p) ** n;
          for (let k = 0; k <= n; k++) {
            if (p < 1) expected += (binomial * Math.abs(k / n - p)) / 2;
            binomial *= ((n - k) / (k + 1)) * (p / (1 - p));
          }
        }
        expect(expectedTotalVariation(probabilities, n)).toBeCloseTo(expected, 10);
      },
    ),
  );
});

test('excess total variation of perfect samples averages to 0', () => {
  const random = randomStream(1, 'excess');
  let excess = 0;
  const runs = 200;
  for (let run = 0; run < runs; run++) {
    const outputs = Array.from(
      sampleAnswers(space.probabilities, 100, random),
      (answer) => space.values[answer]!,
    );
    excess += sampleReport(gaussian, space, outputs).excessTotalVariation! / runs;
  }
  expect(Math.abs(excess)).toBeLessThan(0.006);
});

test('without valid outputs distances are undefined, not 0', () => {
  const report = sampleReport(gaussian, space, ['what?', '']);
  expect(report).toMatchObject({
    n: 2,
    validRate: 0,
    supportViolationRate: 0,
    totalVariation: null,
    excessTotalVariation: null,
    anderson: null,
  });
  expect(report.sampleMean).toBeNaN();
  expect(report.goodnessOfFit.statistic).toBeNaN();
  expect(sampleReport(gaussian, space, []).validRate).toBeNaN();
});

test('rates tell unreadable outputs from numbers outside the support', () => {
  const poisson = createDistribution('poisson', { lambda: 3 });
  const report = sampleReport(poisson, outputSpace(poisson), [
    '3',
    '<think>hm</think> 4',
    '-1',
    '2.5',
    '1e999',
    'three',
  ]);
  expect(report.validRate).toBeCloseTo(2 / 6, 15);
  expect(report.supportViolationRate).toBeCloseTo(3 / 6, 15);
  expect(report.sampleMean).toBe(3.5);
});

test('values count for the nearest answer, whatever their notation', () => {
  const counts = countByBin(space, [-99, 0, 0.04, -0.04, 0.06, 99]);
  const at = (text: string) => counts[space.values.indexOf(text)];
  expect([counts[0], at('0.0'), at('0.1'), counts.at(-1)]).toEqual([1, 3, 1, 1]);
});

test('total variation stays in [0, 1]', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }), (counts) => {
      const tv = sampledTotalVariation(counts, [0.2, 0.3, 0.5]);
      if (counts.every((count) => count === 0)) expect(tv).toBeNull();
      else {
        expect(tv).toBeGreaterThanOrEqual(0);
        expect(tv).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('Kolmogorov tails agree across methods and fall with the distance', () => {
  // scipy 1.17: kstwo.sf(d, n).
  expect(kolmogorovTail(3000, 0.02)).toBeCloseTo(0.17889813623188966, 12);
  expect(kolmogorovTail(10, 0.05)).toBe(1);
  expect(kolmogorovTail(10, 1)).toBe(0);
  for (const n of [2, 20, 140, 141, 1000]) {
    let before = 1;
    for (let d = 0.51 / n; d < 1; d += 0.013) {
      const p = kolmogorovTail(n, d);
      expect(p).toBeLessThanOrEqual(before + 1e-6);
      before = p;
    }
  }
});
