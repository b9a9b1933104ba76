// The 30 families of the paper as data: names, tiers, parameters and their conventions.
import { InputError } from '../errors.ts';
import type { Parameter } from './parameter.ts';

export interface Family {
  readonly id: string;
  /** Name used in the prompt, e.g. `Student's t`. */
  readonly displayName: string;
  readonly tier: 'I' | 'II' | 'III';
  readonly kind: 'continuous' | 'discrete';
  /** `train` families are fine-tuned on; `held-out` ones are only ever tested. */
  readonly role: 'train' | 'held-out';
  /** In the order of the prompt. */
  readonly parameters: readonly Parameter[];
  /** Axes of the family's grid where they differ from the parameters (see prompts/grid.ts). */
  readonly gridParameterNames: readonly string[];
  /** Pairs of parameters of which the first must be below (`<`) or at most (`<=`) the second. */
  readonly orderings: readonly (readonly [string, '<' | '<=', string])[];
  /** One line that pins the parametrisation down. */
  readonly convention: string;
}

const parameterOf =
  (domain: Parameter['domain']) =>
  (name: string, meaning: string, value: number): Parameter => ({
    name,
    meaning,
    domain,
    default: value,
  });
const real = parameterOf('real');
const positive = parameterOf('positive');
const shape = parameterOf('shape');
const mean = parameterOf('mean');
const probability = parameterOf('probability');
const positiveProbability = parameterOf('positive probability');
const count = parameterOf('count');
const positiveCount = parameterOf('positive count');

type Description = Pick<Family, 'parameters' | 'convention'> &
  Partial<Pick<Family, 'gridParameterNames' | 'orderings'>>;

function family(
  id: string,
  displayName: string,
  tier: Family['tier'],
  kind: Family['kind'],
  role: Family['role'],
  description: Description,
): Family {
  const gridParameterNames = description.parameters.map((parameter) => parameter.name);
  return { id, displayName, tier, kind, role, gridParameterNames, orderings: [], ...description };
}

/** All families, in the order of the reference. */
export const FAMILIES: readonly Family[] = [
  family('uniform', 'Uniform', 'I', 'continuous', 'train', {
    parameters: [real('a', 'lower end', 0), real('b', 'upper end', 1)],
    gridParameterNames: ['a', 'width'],
    orderings: [['a', '<', 'b']],
    convention: 'constant density between a and b',
  }),
  family('gaussian', 'Gaussian', 'I', 'continuous', 'train', {
    parameters: [real('mu', 'mean', 0), positive('sigma', 'standard deviation', 1)],
    convention: 'sigma is the standard deviation, not the variance',
  }),
  family('bernoulli', 'Bernoulli', 'I', 'discrete', 'held-out', {
    parameters: [probability('p', 'probability of 1', 0.3)],
    convention: '1 with probability p, else 0',
  }),
  family('beta', 'Beta', 'II', 'continuous', 'train', {
    parameters: [shape('alpha', 'first shape', 2), shape('beta', 'second shape', 3)],
    convention: 'both parameters are shapes; the mean is alpha / (alpha + beta)',
  }),
  family('binomial', 'Binomial', 'II', 'discrete', 'train', {
    parameters: [count('n', 'number of trials', 10), probability('p', 'success probability', 0.5)],
    convention: 'successes in n trials',
  }),
  family('poisson', 'Poisson', 'II', 'discrete', 'held-out', {
    parameters: [mean('lambda', 'mean', 4)],
    convention: 'lambda is the mean',
  }),
  family('exponential', 'Exponential', 'II', 'continuous', 'train', {
    parameters: [positive('lambda', 'rate', 1)],
    convention: 'lambda is a rate: the mean is 1 / lambda',
  }),
  family('geometric', 'Geometric', 'II', 'discrete', 'train', {
    parameters: [positiveProbability('p', 'success probability', 0.3)],
    convention: 'trials up to and including the first success: the support starts at 1',
  }),
  family('negative_binomial', 'Negative Binomial', 'II', 'discrete', 'train', {
    parameters: [
      positiveCount('r', 'number of successes', 5),
      positiveProbability('p', 'success probability', 0.5),
    ],
    convention: 'failures before the r-th success',
  }),
  family('lognormal', 'LogNormal', 'II', 'continuous', 'train', {
    parameters: [
      real('mu', 'mean of the logarithm', 0),
      positive('sigma', 'standard deviation of the logarithm', 0.5),
    ],
    convention: 'mu and sigma belong to the natural logarithm of the value',
  }),
  family('triangular', 'Triangular', 'II', 'continuous', 'train', {
    parameters: [
      real('a', 'lower end', 0),
      real('c', 'most likely value', 0.5),
      real('b', 'upper end', 1),
    ],
    gridParameterNames: ['a', 'width', 'mode_fraction'],
    orderings: [
      ['a', '<', 'b'],
      ['a', '<=', 'c'],
      ['c', '<=', 'b'],
    ],
    convention: 'from a to b with its peak at c',
  }),
  family('rayleigh', 'Rayleigh', 'II', 'continuous', 'train', {
    parameters: [positive('sigma', 'scale', 1)],
    convention: 'length of a plane vector whose two coordinates are Gaussian(0, sigma)',
  }),
  family('cauchy', 'Cauchy', 'III', 'continuous', 'train', {
    parameters: [real('x0', 'median', 0), positive('gamma', 'half-width at half-maximum', 1)],
    convention: 'x0 is the median and gamma the scale; there is no mean',
  }),
  family('student_t', "Student's t", 'III', 'continuous', 'train', {
    parameters: [shape('nu', 'degrees of freedom', 5)],
    convention: 'standard form: median 0, scale 1',
  }),
  family('chi_square', 'Chi-Square', 'III', 'continuous', 'train', {
    parameters: [shape('nu', 'degrees of freedom', 4)],
    convention: 'the mean is nu',
  }),
  family('f_distribution', 'F-Distribution', 'III', 'continuous', 'train', {
    parameters: [
      shape('d1', 'degrees of freedom of the numerator', 5),
      shape('d2', 'degrees of freedom of the denominator', 10),
    ],
    convention: 'ratio of two chi-squares, each over its degrees of freedom',
  }),
  family('gamma', 'Gamma', 'III', 'continuous', 'train', {
    parameters: [shape('alpha', 'shape', 2), positive('beta', 'scale', 1)],
    convention: 'beta is a scale, not a rate: the mean is alpha * beta',
  }),
  family('weibull', 'Weibull', 'III', 'continuous', 'held-out', {
    parameters: [positive('k', 'shape', 1.5), positive('lambda', 'scale', 1)],
    convention: 'lambda is a scale',
  }),
  family('laplace', 'Laplace', 'III', 'continuous', 'train', {
    parameters: [real('mu', 'mean', 0), positive('b', 'scale', 1)],
    convention: 'b is a scale: the variance is 2 b^2',
  }),
  family('logistic', 'Logistic', 'III', 'continuous', 'train', {
    parameters: [real('mu', 'mean', 0), positive('s', 'scale', 1)],
    convention: 's is a scale: the variance is (pi s)^2 / 3',
  }),
  family('pareto', 'Pareto', 'III', 'continuous', 'train', {
    parameters: [positive('alpha', 'tail exponent', 3), positive('xm', 'minimum', 1)],
    convention: 'values start at xm; P(X > x) = (xm / x)^alpha',
  }),
  family('hypergeometric', 'Hypergeometric', 'III', 'discrete', 'train', {
    parameters: [
      positiveCount('M', 'size of the population', 50),
      count('K', 'successes in the population', 20),
      count('N', 'number of draws', 10),
    ],
    gridParameterNames: ['M', 'N', 'success_fraction'],
    orderings: [
      ['K', '<=', 'M'],
      ['N', '<=', 'M'],
    ],
    convention: 'successes among N draws without replacement',
  }),
  family('gumbel', 'Gumbel', 'III', 'continuous', 'train', {
    parameters: [real('mu', 'mode', 0), positive('beta', 'scale', 1)],
    convention: 'for maxima: the long tail is to the right; beta is a scale',
  }),
  family('skellam', 'Skellam', 'III', 'discrete', 'train', {
    parameters: [
      mean('mu1', 'mean of the first count', 3),
      mean('mu2', 'mean of the second count', 2),
    ],
    convention: 'difference of two Poisson counts, the first minus the second',
  }),
  family('beta_binomial', 'Beta-Binomial', 'III', 'discrete', 'train', {
    parameters: [
      count('n', 'number of trials', 20),
      shape('alpha', 'first shape', 2),
      shape('beta', 'second shape', 3),
    ],
    convention: 'binomial whose success probability is Beta(alpha, beta)',
  }),
  family('lomax', 'Lomax', 'III', 'continuous', 'train', {
    parameters: [positive('alpha', 'tail exponent', 3), positive('lambda', 'scale', 1)],
    convention: 'lambda is a scale; P(X > x) = (1 + x / lambda)^-alpha',
  }),
  family('inverse_gaussian', 'Inverse Gaussian', 'III', 'continuous', 'train', {
    parameters: [positive('mu', 'mean', 1), positive('lambda', 'shape', 2)],
    convention: 'mean mu and shape lambda: the variance is mu^3 / lambda',
  }),
  family('maxwell', 'Maxwell', 'II', 'continuous', 'held-out', {
    parameters: [positive('scale', 'scale', 1)],
    convention: 'length of a vector in space whose three coordinates are Gaussian(0, scale)',
  }),
  family('chi', 'Chi', 'III', 'continuous', 'held-out', {
    parameters: [shape('df', 'degrees of freedom', 3)],
    convention: 'square root of a chi-square',
  }),
  family('truncnorm', 'TruncNorm', 'II', 'continuous', 'held-out', {
    parameters: [
      real('mu', 'mean before cutting', 0),
      positive('sigma', 'standard deviation before cutting', 1),
      real('lower', 'lower end', -2),
      real('upper', 'upper end', 2),
    ],
    orderings: [['lower', '<', 'upper']],
    convention: 'Gaussian(mu, sigma) cut to lower..upper, which are given in absolute values',
  }),
];

const BY_ID: ReadonlyMap<string, Family> = new Map(FAMILIES.map((entry) => [entry.id, entry]));

/**
 * The family with that identifier.
 * @throws InputError with field `family` that lists the known identifiers
 */
export function familyById(id: string): Family {
  const found = BY_ID.get(id);
  if (found) return found;
  throw new InputError(
    `unknown family ${JSON.stringify(id)}`,
    `use one of ${FAMILIES.map((entry) => entry.id).join(', ')}`,
    'family',
  );
}

/** What people call a family; one that is not known goes by its identifier. */
export function displayName(id: string): string {
  return BY_ID.get(id)?.displayName ?? id;
}
