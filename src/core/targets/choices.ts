// The output space of a user's own categorical distribution.
import { InputError } from '../errors.ts';
import { normalize, type OutputSpace } from './space.ts';

/**
 * Answers and their relative weights, e.g. `[{ value: 'heads', weight: 1 }, …]`, from untrusted
 * input. Throws InputError naming the choice: nothing to choose from, an empty or repeated value,
 * a weight that is not a number of at least 0, or no weight at all.
 */
export function choiceSpace(choices: unknown): OutputSpace {
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new InputError(
      'there are no choices',
      'give a list like [{"value":"heads","weight":1},{"value":"tails","weight":1}]',
      'choices',
    );
  }
  const seen = new Set<string>();
  const probabilities = new Float64Array(choices.length);
  choices.forEach((choice: unknown, i) => {
    const { value, weight } = readChoice(choice, i);
    if (seen.has(value)) {
      throw new InputError(
        `choice ${i + 1} repeats ${JSON.stringify(value)}`,
        'give every value once',
        `choices.${i}.value`,
      );
    }
    seen.add(value);
    probabilities[i] = weight;
  });
  if (!probabilities.some((weight) => weight > 0)) {
    throw new InputError(
      'all choices have weight 0',
      'give at least one a positive weight',
      'choices',
    );
  }
  normalize(probabilities);
  return {
    values: [...seen],
    numbers: null,
    probabilities,
    lowerBound: NaN,
    upperBound: NaN,
  };
}

function readChoice(choice: unknown, i: number): { value: string; weight: number } {
  const { value, weight } = (typeof choice === 'object' && choice !== null ? choice : {}) as Record<
    string,
    unknown
  >;
  if (typeof value !== 'string' || value.trim() === '') {
    throw new InputError(
      `choice ${i + 1} has the value ${JSON.stringify(value)}`,
      'give a text that is not empty',
      `choices.${i}.value`,
    );
  }
  if (typeof weight !== 'number' || !(weight >= 0 && weight < Infinity)) {
    throw new InputError(
      `choice ${i + 1} (${JSON.stringify(value)}) has the weight ${String(weight)}`,
      'give a number of at least 0',
      `choices.${i}.weight`,
    );
  }
  return { value, weight };
}

/** The space without the answers that cannot occur: their prefixes would have no targets. */
export function possibleAnswers(space: OutputSpace): OutputSpace {
  const { values, numbers, probabilities } = space;
  if (probabilities.every((p) => p > 0)) return space;
  const possible = (_: unknown, i: number) => probabilities[i]! > 0;
  return {
    ...space,
    values: values.filter(possible),
    numbers: numbers && numbers.filter(possible),
    probabilities: probabilities.filter(possible),
  };
}
