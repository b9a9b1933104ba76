// `lab distribution`: density, cdf, quantiles and moments.
import { InputError } from '../../src/core/errors.ts';
import type { Command } from '../command.ts';
import { DISTRIBUTION_OPTIONS, readDistribution } from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command: Command = {
  usage: 'distribution --family F --params k=v,k=v --at x,x… --quantiles q,q…',
  description:
    'Prints {"pdf":[…] or "pmf":[…],"cdf":[…],"ppf":[…],"mean","variance","support":[low,high]}; infinite ends and undefined moments are null.',
  options: {
    ...DISTRIBUTION_OPTIONS,
    at: { value: 'x,x…', help: 'where to give density and cdf' },
    quantiles: { value: 'q,q…', help: 'which quantiles to give, each from 0 to 1' },
  },
  async run(args, terminal) {
    const distribution = readDistribution(args);
    const at = args.numbers('at');
    const quantiles = args.numbers('quantiles');
    const outside = quantiles.find((q) => !(q >= 0 && q <= 1));
    if (outside !== undefined) {
      throw new InputError(`--quantiles has ${outside}`, 'give numbers from 0 to 1', 'quantiles');
    }
    const density = at.map((x) => distribution.density(x));
    await writeResult(terminal, args, {
      [distribution.kind === 'continuous' ? 'pdf' : 'pmf']: density,
      cdf: at.map((x) => distribution.cdf(x)),
      ppf: quantiles.map((q) => distribution.quantile(q)),
      mean: distribution.mean,
      variance: distribution.variance,
      support: distribution.support,
    });
  },
};
