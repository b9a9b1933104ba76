// The sentence that asks for one random number, and the identifier of what it asks for.
import { familyById } from '../distributions/families.ts';
import { pythonFloat, sixDecimals } from './python-float.ts';

/**
 * The prompt of the paper for a distribution, parameters in the family's order.
 * @throws InputError with field `family` for an unknown family
 */
export function samplingPrompt(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  const { displayName, parameters: names } = familyById(family);
  const assignments = names.map(({ name }) => `${name}=${pythonFloat(parameters[name]!)}`);
  return (
    `Generate exactly ONE random number from a ${displayName} distribution ` +
    `with parameters ${assignments.join(', ')}. Output ONLY the number.`
  );
}

/** E.g. `gaussian_mu_m1p6_sigma_0p870551`; parameters beyond six decimals may share an identifier. */
export function distributionId(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  const slugs = familyById(family).parameters.map(({ name }) => {
    const slug = sixDecimals(parameters[name]!).replace('-', 'm').replace('.', 'p');
    return `${name}_${slug}`;
  });
  return [family, ...slugs].join('_');
}
