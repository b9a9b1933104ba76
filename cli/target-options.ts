// The options that say which distribution is meant and how its answers are written.
import { createDistribution } from '../src/core/distributions/create.ts';
import type { Distribution } from '../src/core/distributions/distribution.ts';
import { outputSpace } from '../src/core/targets/output-space.ts';
import type { OutputSpace } from '../src/core/targets/space.ts';
import type { Arguments } from './arguments.ts';
import type { Option } from './options.ts';

export const DISTRIBUTION_OPTIONS: Readonly<Record<string, Option>> = {
  family: { value: 'F', help: 'one of the 30 families, e.g. gaussian' },
  params: { value: 'k=v,k=v', help: 'all its parameters, e.g. mu=0,sigma=1' },
};

export const SPACE_OPTIONS: Readonly<Record<string, Option>> = {
  decimals: { value: 'D', help: 'digits after the point, 0 to 12 (default 2)' },
  bins: { value: 'N', help: 'most answers to keep, at least 2 (default 1001)' },
};

export function readDistribution(args: Arguments): Distribution {
  return createDistribution(args.requiredText('family'), args.parameters('params'));
}

export function readSpace(args: Arguments, distribution: Distribution): OutputSpace {
  return outputSpace(distribution, {
    decimals: args.number('decimals', 2),
    bins: args.number('bins', 1001),
  });
}
