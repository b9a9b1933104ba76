// The options that say which distribution is meant and how its answers are written.
import { createDistribution } from '../src/core/distributions/create.ts';
import type { Distribution } from '../src/core/distributions/distribution.ts';
import { FAMILIES } from '../src/core/distributions/families.ts';
import { outputSpace } from '../src/core/targets/output-space.ts';
import type { OutputSpace } from '../src/core/targets/space.ts';
import { STUDY_DATE } from '../src/model/tokenizer/study-date.ts';
import { kinds, option, parameters, required, type Values } from './options.ts';

export const FAMILY = option(
  'F',
  `one of the ${FAMILIES.length} families, e.g. gaussian`,
  kinds.some,
);
export const DISTRIBUTION_OPTIONS = {
  family: required(FAMILY),
  params: parameters('k=v,k=v', 'all its parameters, e.g. mu=0,sigma=1'),
};

export const DATE_OPTION = {
  date: option('DAY', 'what chat templates take for today', kinds.day, STUDY_DATE),
};

export const SPACE_OPTIONS = {
  decimals: option('D', 'digits after the point, 0 to 12', kinds.whole(), 2),
  bins: option('N', 'most answers to keep, at least 2', kinds.whole(), 1001),
  rules: option(
    'lab|paper',
    'paper cuts a long range of whole numbers to its first N, as its code does',
    kinds.oneOf(['lab', 'paper'] as const),
    'lab',
  ),
};

export const readDistribution = ({
  family,
  params,
}: Values<typeof DISTRIBUTION_OPTIONS>): Distribution => createDistribution(family, { ...params });

export const readSpace = (
  distribution: Distribution,
  { decimals, bins, rules }: Values<typeof SPACE_OPTIONS>,
): OutputSpace => outputSpace(distribution, { decimals, bins, rules });
