// The parameters that the corpus talks about: wider than every grid of the paper, on purpose.

/** How a number is spread over its range, and whether it must be whole. */
export interface ParameterRange {
  readonly name: string;
  readonly spread: 'even' | 'geometric' | 'whole';
  readonly low: number;
  readonly high: number;
}

const even = (name: string, low: number, high: number): ParameterRange => ({
  name,
  spread: 'even',
  low,
  high,
});
const geometric = (name: string, low: number, high: number): ParameterRange => ({
  name,
  spread: 'geometric',
  low,
  high,
});
const whole = (name: string, low: number, high: number): ParameterRange => ({
  name,
  spread: 'whole',
  low,
  high,
});
const location = (name: string) => even(name, -6, 6);
const scale = (name: string) => geometric(name, 0.25, 6);

/**
 * Ranges by family. Axes that are not parameters of the family (`width`, `share`, …) are turned
 * into parameters by `dependentParameters`.
 */
export const PARAMETER_RANGES: Readonly<Record<string, readonly ParameterRange[]>> = {
  uniform: [even('a', -7, 7), geometric('width', 0.5, 11)],
  gaussian: [location('mu'), scale('sigma')],
  bernoulli: [even('p', 0.02, 0.98)],
  beta: [geometric('alpha', 0.35, 12), geometric('beta', 0.35, 12)],
  binomial: [whole('n', 3, 40), even('p', 0.05, 0.95)],
  poisson: [geometric('lambda', 0.4, 20)],
  exponential: [geometric('lambda', 0.25, 12)],
  geometric: [even('p', 0.04, 0.97)],
  negative_binomial: [whole('r', 1, 25), even('p', 0.08, 0.95)],
  lognormal: [even('mu', -2, 4), geometric('sigma', 0.2, 2.6)],
  triangular: [even('a', -5, 6), geometric('width', 0.6, 11), even('share', 0.05, 0.95)],
  rayleigh: [geometric('sigma', 0.3, 6)],
  cauchy: [location('x0'), scale('gamma')],
  student_t: [geometric('nu', 2, 30)],
  chi_square: [geometric('nu', 1, 60)],
  f_distribution: [whole('d1', 2, 20), whole('d2', 4, 40)],
  gamma: [geometric('alpha', 0.7, 12), geometric('beta', 0.7, 12)],
  weibull: [geometric('k', 0.4, 5), geometric('lambda', 0.3, 6)],
  laplace: [location('mu'), scale('b')],
  logistic: [location('mu'), scale('s')],
  pareto: [geometric('alpha', 1.5, 12), geometric('xm', 0.3, 7)],
  hypergeometric: [whole('M', 20, 150), even('share', 0.1, 0.9), whole('N', 3, 20)],
  gumbel: [location('mu'), scale('beta')],
  skellam: [geometric('mu1', 0.5, 18), geometric('mu2', 0.5, 18)],
  beta_binomial: [whole('n', 5, 60), geometric('alpha', 0.4, 10), geometric('beta', 0.4, 10)],
  lomax: [geometric('alpha', 1.2, 10), geometric('lambda', 0.3, 8)],
  inverse_gaussian: [geometric('mu', 0.3, 9), geometric('lambda', 0.3, 12)],
  maxwell: [geometric('scale', 0.4, 7)],
  chi: [geometric('df', 1, 25)],
  truncnorm: [
    even('mu', -2, 3),
    geometric('sigma', 0.4, 3),
    even('below', -3, 1.5),
    geometric('width', 1, 6),
  ],
};
