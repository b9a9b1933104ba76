// The sentence that asks for one random number, and the identifier of what it asks for.
import { familyById } from '../distributions/families.ts';
import { pythonFloat, sixDecimals } from './python-float.ts';

/**
 * The prompt of the paper for a distribution, parameters in the family's order.
 * @throws InputError with field `family` for an unknown family
 * @example
 * import { samplingPrompt } from 'calibration-lab/prompts';
 *
 * samplingPrompt('beta', { alpha: 2, beta: 5 });
 * // => "Generate exactly ONE random number from a Beta distribution with parameters alpha=2.0, beta=5.0. Output ONLY the number."
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

/** The parameters that a prompt of that form names, as it writes them: `[['alpha', 2], ['beta', 5]]`. */
export function parametersIn(prompt: string): (readonly [name: string, value: number])[] {
  const [, assignments = ''] =
    / with parameters (.+?)\. Output ONLY the number\.$/.exec(prompt) ?? [];
  return assignments.split(', ').flatMap((assignment) => {
    const [name, value] = assignment.split('=');
    return name && value ? [[name, Number(value)] as const] : [];
  });
}

/**
 * E.g. `gaussian_mu_m1p6_sigma_0p870551`; parameters beyond six decimals may share an identifier.
 * @example
 * import { distributionId } from 'calibration-lab/prompts';
 *
 * distributionId('gaussian', { mu: -2, sigma: 0.5 }); // => "gaussian_mu_m2_sigma_0p5"
 */
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
