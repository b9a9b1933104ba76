// The output space of a user's own categorical distribution.
import { InputError } from '../errors.ts';
import { answerOf, canonicalAnswer } from '../parsing/same-answer.ts';
import { normalize, type OutputSpace } from './space.ts';

interface Choice {
  readonly value?: unknown;
  readonly weight?: unknown;
}

/**
 * Answers and their relative weights, e.g. `[{ value: 'heads', weight: 1 }, …]`, from untrusted
 * input; the answers are written canonically.
 * @throws InputError naming the choice: nothing to choose from, a value that is empty, can never be
 *   read from an output or is the same answer as another one, a weight that is not a number of at
 *   least 0, or no weight at all
 * @example
 * import { choiceSpace } from 'calibration-lab/tries';
 *
 * const dice = choiceSpace([{ value: 'low', weight: 1 }, { value: 'high', weight: 3 }]);
 * dice.values; // => ["low","high"]
 * dice.probabilities; // => [0.25,0.75]
 */
export function choiceSpace(choices: unknown): OutputSpace {
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new InputError(
      'there are no choices',
      'give a list like [{"value":"heads","weight":1},{"value":"tails","weight":1}]',
      'choices',
    );
  }
  /** By canonical text, in order: where the answer was given first, and as what. */
  const seen = new Map<string, { readonly place: number; readonly value: string }>();
  const probabilities = new Float64Array(choices.length);
  choices.forEach((choice: unknown, i) => {
    const { value, weight } = readChoice(choice, i);
    const answer = canonicalAnswer(value);
    const first = seen.get(answer);
    if (first) throw sameAnswer(i, value, first.place, first.value);
    seen.set(answer, { place: i, value });
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
    values: [...seen.keys()],
    numbers: null,
    probabilities,
    lowerBound: NaN,
    upperBound: NaN,
    cut: 0,
  };
}

function readChoice(choice: unknown, i: number): { value: string; weight: number } {
  const record = (typeof choice === 'object' && choice !== null ? choice : {}) as Choice;
  const unknown = Object.keys(record).find((key) => key !== 'value' && key !== 'weight');
  if (unknown !== undefined) {
    throw new InputError(
      `choice ${i + 1} has ${JSON.stringify(unknown)}`,
      'give its value and its weight, nothing else',
      `choices.${i}.${unknown}`,
    );
  }
  const { value, weight } = record;
  const field = `choices.${i}.value`;
  if (typeof value !== 'string' || canonicalAnswer(value) === '') {
    throw new InputError(
      `choice ${i + 1} has the value ${JSON.stringify(value)}`,
      'give a text that is not empty',
      field,
    );
  }
  if (answerOf(value) !== canonicalAnswer(value)) {
    throw new InputError(
      `choice ${i + 1} is ${JSON.stringify(value)}, but thinking traces are taken away from outputs`,
      'leave <think> out of the choices',
      field,
    );
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new InputError(
      `choice ${i + 1} is ${JSON.stringify(value)}, which has half of a character (a lone surrogate)`,
      'give whole characters: no model can write half of one',
      field,
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

function sameAnswer(i: number, value: string, first: number, other: string): InputError {
  const field = `choices.${i}.value`;
  return value === other
    ? new InputError(
        `choice ${i + 1} repeats ${JSON.stringify(value)}`,
        'give every value once',
        field,
      )
    : new InputError(
        `choice ${i + 1} (${JSON.stringify(value)}) is the same answer as choice ${first + 1} (${JSON.stringify(other)})`,
        'give it once: Unicode forms and white space at the ends make no difference',
        field,
      );
}

/**
 * The space without the answers that cannot occur: their prefixes would have no targets.
 * @example
 * import { choiceSpace, possibleAnswers } from 'calibration-lab/tries';
 *
 * const loaded = choiceSpace([{ value: 'heads', weight: 1 }, { value: 'edge', weight: 0 }]);
 * possibleAnswers(loaded).values; // => ["heads"]
 */
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
