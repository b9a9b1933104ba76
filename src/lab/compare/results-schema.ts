// Files of results that anyone may have written, checked before they are compared.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import type { AnswersFile } from '../results/kept-answers.ts';
import type { ArmResults, Results } from '../results/results.ts';
import { exactFigure, ofEachMetric } from '../exact-figures.ts';
import { SPLITS } from '../experiment/experiment.ts';
import { inputErrorOf, oneOf } from '../../core/schema.ts';
import { summarise } from '../results/summary.ts';

/** JSON has no NaN and no infinities: they are null. */
const figure = v.nullable(v.number('a number or null'));
const numbers = v.array(v.number('a number'), 'a list of numbers');
const text = v.string('some text');
const object = 'an object';

const rowSchema = v.looseObject(
  {
    split: oneOf(SPLITS),
    family: text,
    id: text,
    ...ofEachMetric((metric) =>
      exactFigure(metric).isCertain ? figure : v.optional(figure, null),
    ),
    kl_by_depth: v.optional(v.array(figure, 'a list of numbers')),
  },
  object,
);

const trainingSchema = v.looseObject(
  {
    steps: v.number('a number'),
    seconds: v.number('a number'),
    answer_tokens: v.number('a number'),
    prompt_tokens: v.number('a number'),
    loss: v.array(v.tuple([v.number('a step'), figure], 'a step and its loss'), 'a list of losses'),
  },
  object,
);

const armSchema = v.looseObject(
  {
    training: v.optional(trainingSchema),
    exact: v.array(rowSchema, 'a list of exact scores'),
  },
  object,
);

const environmentSchema = v.looseObject({ backend: text, adapter: v.optional(text, '?') }, object);
const placeSchema = v.looseObject({ arm: text, step: v.number('a number') }, object);
const resultsSchema = v.looseObject(
  {
    config: v.looseObject({}, 'the configuration of an experiment'),
    environment: v.optional(v.nullable(environmentSchema), null),
    segments: v.optional(
      v.array(
        v.looseObject({ environment: environmentSchema, from: v.nullable(placeSchema) }, object),
        'a list of environments',
      ),
    ),
    arms: v.record(text, armSchema, 'an object with an arm for each name'),
  },
  'an object with config, environment and arms',
);

const answersSchema = v.looseObject(
  {
    targets: v.array(
      v.looseObject(
        {
          id: text,
          split: oneOf(SPLITS),
          family: text,
          prompt: text,
          kind: oneOf(['continuous', 'discrete', 'choices']),
          values: v.pipe(v.array(text, 'a list of texts'), v.minLength(1, 'a list of texts')),
          probabilities: numbers,
        },
        object,
      ),
      'a list of targets',
    ),
    arms: v.record(
      text,
      v.record(
        text,
        v.looseObject({ probabilities: numbers, invalid_mass: v.number('a number') }, object),
        'an object with answers for each target',
      ),
      'an object with an arm for each name',
    ),
  },
  'an object with targets and arms',
);

/** What is compared of results.json; further evaluations are read where they are shown. */
export type ReadResults = Pick<Results, 'environment' | 'segments' | 'arms'> & {
  readonly config: unknown;
};

/** @throws InputError naming the field of a results.json that is not what it must be */
export function readResults(json: unknown, source: string): ReadResults {
  const { config, environment, segments, arms } = checked(resultsSchema, json, source);
  const read = Object.entries(arms).map(([name, { training, exact, ...further }]) => {
    const loss = training?.loss.filter(([, value]) => value !== null);
    const arm = {
      ...further,
      ...(training && { training: { ...training, loss } }),
      exact,
      // What the file says of its own rows may be wrong; the rows are what is compared.
      summary: summarise(exact as ArmResults['exact']),
    };
    return [name, arm as ArmResults] as const;
  });
  return {
    config,
    environment: environment as Results['environment'],
    ...(segments && { segments: segments as unknown as NonNullable<Results['segments']> }),
    arms: Object.fromEntries(read),
  };
}

/** @throws InputError naming the field of an answers.json that is not what it must be */
export function readAnswers(json: unknown, source: string): AnswersFile {
  const answers = checked(answersSchema, json, source);
  answers.targets.forEach(({ values, probabilities }, i) => {
    if (values.length === probabilities.length) return;
    throw new InputError(
      `${source}: targets.${i} has ${values.length} values, but ${probabilities.length} probabilities`,
      'Give each value its probability.',
      `targets.${i}.probabilities`,
    );
  });
  return answers;
}

function checked<S extends v.GenericSchema>(schema: S, json: unknown, source: string) {
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const { message, advice, field } = inputErrorOf(result.issues[0], 'the file');
  throw new InputError(`${source}: ${message}`, advice, field);
}
