// The words in which the corpus names a distribution: those of the lab's sampling prompt.
import { familyById } from '../../core/distributions/families.ts';

/** E.g. `a Beta distribution with parameters alpha=2.0, beta=5.0`. */
export function describeDistribution(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  const listed = Object.entries(parameters).map(([name, value]) => `${name}=${pythonFloat(value)}`);
  return `a ${familyById(family).displayName} distribution with parameters ${listed.join(', ')}`;
}

/** The sampling prompt of the method (section 2). */
export function describedPrompt(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  const name = describeDistribution(family, parameters);
  return `Generate exactly ONE random number from ${name}. Output ONLY the number.`;
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
