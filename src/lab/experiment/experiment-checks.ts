// What the experiment's schema alone cannot say: families, their parameters, rules between fields.
import { checkParameters } from '../../core/distributions/create.ts';
import { familyById } from '../../core/distributions/families.ts';
import { InputError } from '../../core/errors.ts';
import { categoryById } from '../../core/prompts/categories.ts';
import { choiceSpace } from '../../core/targets/choices.ts';
import { methodOf } from '../../methods/names.ts';
import type { Arm, Experiment } from './experiment-schema.ts';

/** @throws InputError if names are unknown or repeat, or settings exclude each other. */
export function checkExperiment({ arms, data, evaluation, seeds = [] }: Experiment): void {
  arms.forEach(({ name }, i) => checkArmName(name, `arms.${i}.name`));
  refuseRepeats(
    arms.map((arm) => arm.name),
    (i) => `arms.${i}.name`,
    'Give every arm its own name.',
  );
  arms.forEach((arm, i) => checkArm(arm, `arms.${i}`, data));
  refuseRepeats(evaluation.splits, (i) => `evaluation.splits.${i}`, 'List each split once.');
  refuseRepeats(
    seeds,
    (i) => `seeds.${i}`,
    'List each seed once: it would give the same run again.',
  );
  if (data.families !== 'paper') {
    refuseRepeats(data.families, (i) => `data.families.${i}`, 'List each family once.');
    data.families.forEach((id, i) => renameField(`data.families.${i}`, () => familyById(id)));
  }
  if (data.families.length === 0 && !(data.categories ?? data.distribution ?? data.choices)) {
    throw new InputError(
      'data.families is [], so that there is nothing to train on',
      'List a family or a category.',
      'data.families',
    );
  }
  if (data.categories !== undefined && data.categories !== 'all') {
    refuseRepeats(data.categories, (i) => `data.categories.${i}`, 'List each category once.');
    data.categories.forEach((id, i) => renameField(`data.categories.${i}`, () => categoryById(id)));
  }
  if (data.distribution) {
    const { family, params } = data.distribution;
    within('data.distribution', () => checkParameters(familyById(family), params));
  }
  if (data.choices) within('data', () => choiceSpace(data.choices));
  checkPrompt(data);
}

/** What the arm's method says of its settings, and whether there is what it is to learn from. */
function checkArm(arm: Arm, path: string, data: Experiment['data']): void {
  const { choices, categories } = data;
  const prompts = 'prompts' in arm ? arm.prompts : 'all';
  const has = {
    numbers: choices === undefined && (data.distribution !== undefined || data.families.length > 0),
    words: choices !== undefined || categories !== undefined,
  };
  if ((prompts === 'numbers' || prompts === 'words') && !has[prompts]) {
    throw new InputError(
      `${path}.prompts is ${JSON.stringify(prompts)}, but no prompt of this experiment is answered in ${prompts}`,
      prompts === 'words' ? 'Give data.categories.' : 'List families to train on.',
      `${path}.prompts`,
    );
  }
  const areNumbers = choices === undefined && (categories === undefined || prompts === 'numbers');
  const refusal = methodOf(arm).refusal?.(arm as never, { areNumbers });
  if (refusal === undefined) return;
  const field = `${path}.${refusal.key}`;
  throw new InputError(`${field} ${refusal.message}`, refusal.advice, field);
}

/** Arms name folders and columns of the results. */
function checkArmName(name: string, field: string): void {
  if (['__proto__', 'constructor', 'prototype'].includes(name)) {
    throw new InputError(
      `${field} is ${JSON.stringify(name)}, a name that JavaScript keeps for itself`,
      'Give the arm another name.',
      field,
    );
  }
  if (/^\w[\w .+-]{0,63}$/u.test(name)) return;
  throw new InputError(
    `${field} is ${JSON.stringify(name)}`,
    'Start with a letter or digit and use only letters, digits, spaces and . _ + - (64 at most).',
    field,
  );
}

function checkPrompt({ distribution, choices, prompt, categories }: Experiment['data']): void {
  if (categories !== undefined && (distribution ?? choices)) {
    throw new InputError(
      `data.categories and data.${distribution ? 'distribution' : 'choices'} are both given`,
      'Categories stand beside families; a single prompt stands alone. Keep one of the two.',
      'data.categories',
    );
  }
  if (distribution && choices) {
    throw new InputError(
      'data.distribution and data.choices are both given',
      'Keep the one the model should be calibrated to.',
      'data.choices',
    );
  }
  if (prompt !== undefined && !choices) {
    throw new InputError(
      'data.prompt is given without data.choices',
      'Add the choices it asks for, or remove the prompt: distributions bring their own.',
      'data.prompt',
    );
  }
}

/** Runs a check whose errors name fields of a part of the experiment. */
export function within<T>(path: string, check: () => T): T {
  return renameField((field) => (field === undefined ? path : `${path}.${field}`), check);
}

/** Runs a check whose errors name fields by other names than the experiment. */
export function renameField<T>(rename: string | ((field?: string) => string), check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    const field = typeof rename === 'string' ? rename : rename(thrown.field);
    throw new InputError(thrown.message, thrown.advice, field);
  }
}

function refuseRepeats(
  values: readonly (string | number)[],
  field: (index: number) => string,
  advice: string,
): void {
  const places = new Map<string | number, number>();
  values.forEach((value, i) => {
    const first = places.get(value);
    if (first === undefined) places.set(value, i);
    else {
      throw new InputError(
        `${field(i)} repeats ${JSON.stringify(value)} of ${field(first)}`,
        advice,
        field(i),
      );
    }
  });
}
