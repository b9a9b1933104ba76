// `lab score`: how well outputs follow a distribution.
import { sampleReport } from '../../src/core/scoring/sample-report.ts';
import { defineCommand } from '../command.ts';
import {
  DISTRIBUTION_OPTIONS,
  readDistribution,
  readSpace,
  SPACE_OPTIONS,
} from '../target-options.ts';
import { readLines, writeResult } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Reads one raw model output per line and prints {"n","valid_rate","support_violation_rate",',
    '"sample_mean","sample_variance","mean_error","variance_error","wasserstein_1",',
    '"total_variation","excess_total_variation","gof":{"test","statistic","p_value"},"anderson"}.',
    'All but the rates look at valid outputs only. The excess is the total variation minus what',
    'as many draws from the distribution itself are expected to have, computed exactly.',
    '"anderson" is {"statistic","critical_5pct"} where the test is defined, else null.',
  ].join('\n'),
  options: { ...DISTRIBUTION_OPTIONS, ...SPACE_OPTIONS },
  async run(options, terminal) {
    const distribution = readDistribution(options);
    const space = readSpace(distribution, options);
    const report = sampleReport(distribution, space, await readLines(terminal));
    const { goodnessOfFit: gof, anderson } = report;
    await writeResult(terminal, options, {
      n: report.n,
      valid_rate: report.validRate,
      support_violation_rate: report.supportViolationRate,
      sample_mean: report.sampleMean,
      sample_variance: report.sampleVariance,
      mean_error: report.meanError,
      variance_error: report.varianceError,
      wasserstein_1: report.wasserstein1,
      total_variation: report.totalVariation,
      excess_total_variation: report.excessTotalVariation,
      gof: { test: gof.test, statistic: gof.statistic, p_value: gof.pValue },
      anderson: anderson && {
        statistic: anderson.statistic,
        critical_5pct: anderson.critical5Percent,
      },
    });
  },
});
