// From a family's name and parameters to a distribution, with everything checked.
import { InputError } from '../errors.ts';
import type { Distribution } from './distribution.ts';
import { familyById, type Family } from './families.ts';
import { beta, triangular, uniform } from './families/bounded.ts';
import { gumbel, laplace, logistic } from './families/double-exponential.ts';
import { exponential, rayleigh, weibull } from './families/exponential.ts';
import { chi, chiSquare, gamma, maxwell } from './families/gamma.ts';
import { inverseGaussian } from './families/inverse-gaussian.ts';
import { cauchy, gaussian, lognormal } from './families/normal.ts';
import { lomax, pareto } from './families/power-law.ts';
import { fDistribution, studentT } from './families/ratio.ts';
import { skellam } from './families/skellam.ts';
import { bernoulli, binomial, geometric, negativeBinomial, poisson } from './families/trials.ts';
import { truncnorm } from './families/truncnorm.ts';
import { betaBinomial, hypergeometric } from './families/urn.ts';
import { checkParameter } from './parameter.ts';

type Maker = (parameters: never) => Distribution;

const MAKERS: Readonly<Record<string, Maker>> = {
  uniform,
  gaussian,
  bernoulli,
  beta,
  binomial,
  poisson,
  exponential,
  geometric,
  negative_binomial: negativeBinomial,
  lognormal,
  triangular,
  rayleigh,
  cauchy,
  student_t: studentT,
  chi_square: chiSquare,
  f_distribution: fDistribution,
  gamma,
  weibull,
  laplace,
  logistic,
  pareto,
  hypergeometric,
  gumbel,
  skellam,
  beta_binomial: betaBinomial,
  lomax,
  inverse_gaussian: inverseGaussian,
  maxwell,
  chi,
  truncnorm,
};

/**
 * The distribution of that family with those parameters, by the names of the prompt.
 * @throws InputError with field `family` or `params.<name>` for an unknown family, a missing,
 *   unknown or non-finite parameter, or a value that the family does not admit
 */
export function createDistribution(
  family: string,
  parameters: Readonly<Record<string, number>>,
): Distribution {
  const description = familyById(family);
  const checked = checkParameters(description, parameters);
  return MAKERS[family]!(checked as never);
}

/**
 * The parameters in the family's order.
 * @throws InputError with field `params.<name>` for one that is missing, unknown or out of its domain,
 *   or for two that do not go together
 */
export function checkParameters(
  family: Family,
  given: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = family.parameters.map((parameter) => parameter.name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new InputError(
      `${family.id} has no parameter ${JSON.stringify(name)}`,
      `its parameters are ${names.join(', ')}`,
      `params.${name}`,
    );
  }
  const checked = Object.fromEntries(
    family.parameters.map((parameter) => {
      const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
      return [parameter.name, checkParameter(family.id, parameter, value)];
    }),
  );
  for (const [first, order, second] of family.orderings) {
    const [a, b] = [checked[first]!, checked[second]!];
    if (b - a === Infinity) {
      throw new InputError(
        `${family.id}: ${first} = ${a} and ${second} = ${b} are too far apart for arithmetic`,
        `change ${first} or ${second}`,
        `params.${first}`,
      );
    }
    if (order === '<' ? a < b : a <= b) continue;
    throw new InputError(
      `${family.id}: ${first} = ${a} and ${second} = ${b}, but ${first} must be ${order === '<' ? 'below' : 'at most'} ${second}`,
      `change ${first} or ${second}`,
      `params.${first}`,
    );
  }
  return checked;
}
