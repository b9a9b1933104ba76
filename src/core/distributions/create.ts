// From a family's name and parameters to a distribution, with everything checked.
import { InputError } from '../errors.ts';
import type { Distribution } from './distribution.ts';
import { familyById, type Family } from './families.ts';
import { checkParameter } from './parameter.ts';

/**
 * The distribution of that family with those parameters, by the names of the prompt.
 * @throws InputError with field `family` or `params.<name>` for an unknown family, a missing,
 *   unknown or non-finite parameter, or a value that the family does not admit
 * @example
 * import { createDistribution } from 'calibration-lab/families';
 *
 * const beta = createDistribution('beta', { alpha: 2, beta: 5 });
 * beta.density(0.2); // => 2.4576
 * beta.cdf(0.2); // => 0.34464
 * beta.quantile(0.5); // => 0.26445
 */
export function createDistribution(
  family: string,
  parameters: Readonly<Record<string, number>>,
): Distribution {
  const description = familyById(family);
  return description.distribution(checkParameters(description, parameters));
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
