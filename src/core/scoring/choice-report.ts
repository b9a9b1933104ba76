// What raw model outputs say about how well a model samples from a user's own choices.
import { answerOf } from '../parsing/same-answer.ts';
import type { OutputSpace } from '../targets/space.ts';
import { chiSquareTail } from './chi-square.ts';
import type { SampleReport } from './sample-report.ts';
import { expectedTotalVariation, sampledTotalVariation } from './sampled-variation.ts';

/**
 * An output is valid if the answer it gives is one of the choices, which `choiceSpace` wrote canonically.
 * Moments and W1 are NaN: choices are not numbers. The test is Pearson's chi-square over the choices
 * that can occur; one that cannot occur and does makes the statistic infinite.
 * @example
 * import { choiceReport } from 'calibration-lab/scoring';
 * import { choiceSpace } from 'calibration-lab/tries';
 *
 * const coin = choiceSpace([{ value: 'heads', weight: 1 }, { value: 'tails', weight: 1 }]);
 * const report = choiceReport(coin, ['heads', 'heads', 'heads', 'tails', 'the edge']);
 * report.validRate; // => 0.8
 * report.totalVariation; // => 0.25
 * report.excessTotalVariation; // => 0.0625
 */
export function choiceReport(space: OutputSpace, outputs: readonly string[]): SampleReport {
  const { values, probabilities } = space;
  const place = new Map(values.map((value, i) => [value, i]));
  const counts = new Float64Array(values.length);
  let valid = 0;
  for (const output of outputs) {
    const index = place.get(answerOf(output));
    if (index === undefined) continue;
    counts[index]!++;
    valid++;
  }
  const totalVariation = sampledTotalVariation(counts, probabilities);
  return {
    n: outputs.length,
    validRate: valid / outputs.length,
    supportViolationRate: 0,
    sampleMean: NaN,
    sampleVariance: NaN,
    meanError: NaN,
    varianceError: NaN,
    wasserstein1: NaN,
    totalVariation,
    excessTotalVariation:
      totalVariation === null
        ? null
        : totalVariation - expectedTotalVariation(probabilities, valid),
    goodnessOfFit: { test: 'chi_square', ...pearson(counts, probabilities, valid) },
    anderson: null,
  };
}

function pearson(counts: Float64Array, probabilities: Float64Array, n: number) {
  const possible = probabilities.reduce((sum, p) => sum + Number(p > 0), 0);
  if (n === 0 || possible < 2) return { statistic: NaN, pValue: NaN };
  let statistic = 0;
  counts.forEach((count, i) => {
    const expected = n * probabilities[i]!;
    if (count !== expected) statistic += (count - expected) ** 2 / expected;
  });
  return { statistic, pValue: chiSquareTail(statistic, possible - 1) };
}
