// All families. One line each, in the order of the reference; a family of your own goes at the end.
import './families/uniform.ts';
import './families/gaussian.ts';
import './families/bernoulli.ts';
import './families/beta.ts';
import './families/binomial.ts';
import './families/poisson.ts';
import './families/exponential.ts';
import './families/geometric.ts';
import './families/negative-binomial.ts';
import './families/lognormal.ts';
import './families/triangular.ts';
import './families/rayleigh.ts';
import './families/cauchy.ts';
import './families/student-t.ts';
import './families/chi-square.ts';
import './families/f-distribution.ts';
import './families/gamma.ts';
import './families/weibull.ts';
import './families/laplace.ts';
import './families/logistic.ts';
import './families/pareto.ts';
import './families/hypergeometric.ts';
import './families/gumbel.ts';
import './families/skellam.ts';
import './families/beta-binomial.ts';
import './families/lomax.ts';
import './families/inverse-gaussian.ts';
import './families/maxwell.ts';
import './families/chi.ts';
import './families/truncnorm.ts';
import { InputError } from '../errors.ts';
import { defined, type Family } from './family.ts';

export type { Family };

/**
 * In the order in which they are listed above.
 * @example
 * import { FAMILIES } from 'calibration-lab/families';
 *
 * FAMILIES.length; // => 30
 * FAMILIES.filter(({ kind }) => kind === 'discrete').length; // => 8
 */
export const FAMILIES: readonly Family[] = defined;

/** Those of the paper: what the built-in model's pretraining knows. */
export const PAPER_FAMILIES: readonly Family[] = FAMILIES.filter(({ role }) => role !== 'extra');

/** Identifiers of the families of one role. */
export const familiesOf = (role: Family['role']): string[] =>
  FAMILIES.filter((family) => family.role === role).map(({ id }) => id);

/**
 * The family with that identifier.
 * @throws InputError with field `family` that lists the known identifiers
 * @example
 * import { familyById } from 'calibration-lab/families';
 *
 * const gamma = familyById('gamma');
 * gamma.parameters.map(({ name }) => name); // => ["alpha","beta"]
 * gamma.convention; // => "beta is a scale, not a rate: the mean is alpha * beta"
 */
export function familyById(id: string): Family {
  const found = FAMILIES.find((family) => family.id === id);
  if (found) return found;
  throw new InputError(
    `unknown family ${JSON.stringify(id)}`,
    `use one of ${FAMILIES.map((family) => family.id).join(', ')}`,
    'family',
  );
}

/** What people call a family; one that is not known goes by its identifier. */
export function displayName(id: string): string {
  return FAMILIES.find((family) => family.id === id)?.displayName ?? id;
}
