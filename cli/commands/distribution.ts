// `lab distribution`: density, cdf, quantiles and moments.
import { FAMILIES } from '../../src/core/distributions/families.ts';
import { defineCommand } from '../command.ts';
import { kinds, list } from '../options.ts';
import { DISTRIBUTION_OPTIONS, readDistribution } from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Prints {"pdf":[…] or "pmf":[…],"cdf":[…],"ppf":[…],"mean","variance","support":[low,high]}; infinite ends and undefined moments are null.',
    'The families, their parameters and conventions:',
    ...FAMILIES.map(({ id, parameters, convention }) => {
      const names = parameters.map(({ name }) => name).join(', ');
      return `${`${id} (${names})`.padEnd(36)} ${convention}`;
    }),
  ].join('\n'),
  options: {
    ...DISTRIBUTION_OPTIONS,
    at: list('x,x…', 'where to give density and cdf', kinds.place),
    quantiles: list(
      'q,q…',
      'which quantiles to give, each from 0 to 1',
      kinds.number({ from: 0, to: 1 }),
    ),
  },
  async run(options, terminal) {
    const { at = [], quantiles = [] } = options;
    const distribution = readDistribution(options);
    const density = at.map((x) => distribution.density(x));
    await writeResult(terminal, options, {
      [distribution.kind === 'continuous' ? 'pdf' : 'pmf']: density,
      cdf: at.map((x) => distribution.cdf(x)),
      ppf: quantiles.map((q) => distribution.quantile(q)),
      mean: distribution.mean,
      variance: distribution.variance,
      support: distribution.support,
    });
  },
});
