// Everything that raw model outputs say about how well a model samples from a distribution.
import type { Distribution } from '../distributions/distribution.ts';
import { parseNumberOutput, validateValue } from '../parsing/number.ts';
import type { OutputSpace } from '../targets/space.ts';
import { andersonDarling, type AndersonResult } from './anderson-darling.ts';
import { chiSquareTest, type TestResult } from './chi-square.ts';
import { kolmogorovSmirnovTest } from './kolmogorov.ts';
import { momentErrors, wasserstein1, type MomentErrors } from './moments.ts';
import { countByBin, expectedTotalVariation, sampledTotalVariation } from './sampled-variation.ts';

/** What `sampleReport` and `choiceReport` say. */
export interface SampleReport extends MomentErrors {
  /** All outputs. */
  readonly n: number;
  /** Share that is exactly one number of the support; everything below looks at these only. NaN without outputs. */
  readonly validRate: number;
  /** Share that is a number, but not one of the support. */
  readonly supportViolationRate: number;
  readonly wasserstein1: number;
  /** Over the answers of the space; null without valid outputs. */
  readonly totalVariation: number | null;
  /** Minus what a perfect sampler is expected to have with as many valid outputs. */
  readonly excessTotalVariation: number | null;
  readonly goodnessOfFit: TestResult & { readonly test: 'ks' | 'chi_square' };
  readonly anderson: AndersonResult | null;
}

/**
 * `space` is the output space of `distribution`; outputs may hold thinking traces.
 * @example
 * import { createDistribution } from 'calibration-lab/families';
 * import { sampleReport } from 'calibration-lab/scoring';
 * import { outputSpace } from 'calibration-lab/tries';
 *
 * const beta = createDistribution('beta', { alpha: 2, beta: 5 });
 * const outputs = ['0.31', '0.12', ' 0.25\n', 'about 0.2', '7'];
 * const report = sampleReport(beta, outputSpace(beta), outputs);
 * report.validRate; // => 0.6
 * report.sampleMean; // => 0.226667
 * report.totalVariation; // => 0.933609
 * report.excessTotalVariation; // => -0.0129525
 */
export function sampleReport(
  distribution: Distribution,
  space: OutputSpace,
  outputs: readonly string[],
): SampleReport {
  const n = outputs.length;
  const parsed = outputs.map(parseNumberOutput).filter((number) => number.valid);
  const values = Float64Array.from(
    parsed.map((number) => number.value!).filter((x) => validateValue(distribution, x) === null),
  );
  const totalVariation = sampledTotalVariation(countByBin(space, values), space.probabilities);
  const discrete = distribution.kind === 'discrete';
  return {
    n,
    validRate: values.length / n,
    supportViolationRate: (parsed.length - values.length) / n,
    ...momentErrors(distribution, values),
    wasserstein1: wasserstein1(distribution, values),
    totalVariation,
    excessTotalVariation:
      totalVariation === null
        ? null
        : totalVariation - expectedTotalVariation(space.probabilities, values.length),
    goodnessOfFit: discrete
      ? { test: 'chi_square', ...chiSquareTest(distribution, values) }
      : { test: 'ks', ...kolmogorovSmirnovTest(distribution, values) },
    anderson: andersonDarling(distribution.family, values),
  };
}
