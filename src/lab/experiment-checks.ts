// What the experiment's schema alone cannot say: rules between fields.
import { InputError } from '../core/errors.ts';
import type { Experiment } from './experiment-schema.ts';

/** @throws InputError if names repeat or settings exclude each other. */
export function checkExperiment({ arms, data, evaluation }: Experiment): void {
  refuseRepeats(
    arms.map((arm) => arm.name),
    (i) => `arms.${i}.name`,
    'Give every arm its own name.',
  );
  arms.forEach(({ name }, i) => {
    // Arms name folders and columns of the results.
    if (!/^[\w][\w .+-]{0,63}$/u.test(name)) {
      throw new InputError(
        `arms.${i}.name is ${JSON.stringify(name)}`,
        'Start with a letter or digit and use only letters, digits, spaces and . _ + - (64 at most).',
        `arms.${i}.name`,
      );
    }
  });
  if (Array.isArray(data.families)) {
    refuseRepeats(data.families, (i) => `data.families.${i}`, 'List each family once.');
  }
  refuseRepeats(evaluation.splits, (i) => `evaluation.splits.${i}`, 'List each split once.');
  if (data.distribution && data.choices) {
    throw new InputError(
      'data.distribution and data.choices are both given',
      'Keep the one the model should be calibrated to.',
      'data.choices',
    );
  }
  if (data.choices) {
    refuseRepeats(
      data.choices.map((choice) => choice.value),
      (i) => `data.choices.${i}.value`,
      'Merge the two into one choice with the sum of their weights.',
    );
  }
  if (data.prompt !== undefined && !data.choices) {
    throw new InputError(
      'data.prompt is given without data.choices',
      'Add the choices it asks for, or remove the prompt: distributions bring their own.',
      'data.prompt',
    );
  }
}

function refuseRepeats(
  values: readonly string[],
  field: (index: number) => string,
  advice: string,
): void {
  values.forEach((value, i) => {
    const first = values.indexOf(value);
    if (first !== i) {
      throw new InputError(
        `${field(i)} repeats ${JSON.stringify(value)} of ${field(first)}`,
        advice,
        field(i),
      );
    }
  });
}
