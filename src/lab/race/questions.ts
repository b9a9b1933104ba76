// The questions of the stage: what a model is asked, what can be changed about it, how long it is taught.
import type { WeightChoice } from '../../model/weight-forms.ts';
import {
  type Experiment,
  type ExperimentInput,
  resolveExperiment,
} from '../experiment/experiment.ts';

/** A number that a reader can move. */
export interface Control {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly usual: number;
  /** Where answers move as it grows: smaller ones become likelier. */
  readonly leftwards?: boolean;
}

export type QuestionValues = Readonly<Record<string, number>>;

export interface RaceQuestion {
  readonly key: string;
  /** Goes on from "Ask for". */
  readonly title: string;
  readonly controls: readonly Control[];
  /** Optimizer steps of one prompt, enough for the built-in model to tell the methods apart. */
  readonly steps: number;
  readonly data: (values: QuestionValues) => NonNullable<ExperimentInput['data']>;
}

const control = (name: string, min: number, max: number, step: number, usual: number): Control => ({
  name,
  min,
  max,
  step,
  usual,
});

const distribution = (family: string, params: QuestionValues, decimals: number) => ({
  distribution: { family, params: { ...params } },
  decimals,
});

const choices = (prompt: string, weights: Readonly<Record<string, number>>) => ({
  prompt,
  choices: Object.entries(weights).map(([value, weight]) => ({ value, weight })),
});

export const QUESTIONS: readonly RaceQuestion[] = [
  {
    key: 'beta',
    title: 'one random number from Beta',
    controls: [
      control('alpha', 0.5, 10, 0.5, 2),
      { ...control('beta', 0.5, 10, 0.5, 5), leftwards: true },
    ],
    steps: 40,
    data: ({ alpha = 2, beta = 5 }) => distribution('beta', { alpha, beta }, 2),
  },
  {
    key: 'gaussian',
    title: 'one random number from a Gaussian',
    controls: [control('mu', -2, 2, 0.5, 0), control('sigma', 0.25, 1.5, 0.25, 1)],
    steps: 40,
    data: ({ mu = 0, sigma = 1 }) => distribution('gaussian', { mu, sigma }, 2),
  },
  {
    key: 'poisson',
    title: 'one random number from a Poisson',
    controls: [control('lambda', 1, 12, 1, 4)],
    steps: 40,
    data: ({ lambda = 4 }) => distribution('poisson', { lambda }, 0),
  },
  {
    key: 'coin',
    title: 'the toss of a coin',
    controls: [control('heads', 5, 95, 5, 50)],
    steps: 40,
    data: ({ heads = 50 }) =>
      choices('Pick a random side of a coin. Output ONLY the answer.', {
        heads,
        tails: 100 - heads,
      }),
  },
  {
    key: 'die',
    title: 'the roll of a die',
    controls: [],
    steps: 40,
    data: () =>
      choices('Pick a random number between 1 and 6. Output ONLY the answer.', {
        1: 1,
        2: 1,
        3: 1,
        4: 1,
        5: 1,
        6: 1,
      }),
  },
  {
    key: 'fruit',
    title: 'a random fruit',
    controls: [],
    steps: 80,
    data: () =>
      choices('Give me a random fruit. Output ONLY the answer.', {
        apple: 30,
        banana: 25,
        orange: 20,
        mango: 12,
        cherry: 8,
        pear: 5,
      }),
  },
];

/** A reader's own choices: a line each, an answer and, after a comma or a tab, its weight. */
export interface OwnChoices {
  readonly prompt: string;
  readonly lines: string;
}

export const OWN: Omit<RaceQuestion, 'data' | 'controls'> = {
  key: 'own',
  title: 'choices of your own',
  steps: 80,
};

/** @returns undefined for a key that no question has */
export const questionNamed = (key: string): RaceQuestion | undefined =>
  QUESTIONS.find((question) => question.key === key);

export const usualValues = ({ controls }: RaceQuestion): QuestionValues =>
  Object.fromEntries(controls.map(({ name, usual }) => [name, usual]));

/** The question that asks for an experiment's answers, with its values; undefined where none does. */
export function questionIn(
  data: Experiment['data'],
): { key: string; values: QuestionValues } | undefined {
  const weights = (data.choices ?? []).map(({ value, weight }) => [value, weight] as const);
  const said = new Map([...Object.entries(data.distribution?.params ?? {}), ...weights]);
  for (const question of QUESTIONS) {
    const values = Object.fromEntries(
      question.controls.map(({ name, usual }) => [name, said.get(name) ?? usual]),
    );
    const asked = resolveExperiment({ data: question.data(values) }).data;
    if (JSON.stringify(asked) === JSON.stringify(data)) return { key: question.key, values };
  }
  return undefined;
}

/** What the race of a question is run with. */
export interface RaceSettings {
  readonly model: string;
  /** How its matrices are kept, unless as they are stored. */
  readonly weights?: WeightChoice;
  readonly seed: number;
  /** Sampled answers that the hard lane is shown at each step. */
  readonly answers: number;
  readonly steps: number;
}

/**
 * One prompt a step; the soft lane takes one path, whatever the hard lane is shown. Everything else
 * is as in any study, so that the same configuration gives the same figures there.
 */
export function raceExperiment(
  data: NonNullable<ExperimentInput['data']>,
  { model, weights = 'stored', seed, answers, steps }: RaceSettings,
): ExperimentInput {
  return {
    model,
    ...(weights !== 'stored' && { weights }),
    seed,
    data,
    arms: [
      { name: 'base', method: 'none' },
      { name: 'soft', method: 'soft', paths: 1 },
      { name: 'hard', method: 'hard', answers },
    ],
    training: { steps, batch: 1, learning_rate: raceLearningRate(model) },
    evaluation: { splits: ['train', 'test_unseen_params'], drift: false },
  };
}

/** A single prompt bears larger steps than many: 1e-3 where the usual rate is smaller. */
const raceLearningRate = (model: string) =>
  Math.max(resolveExperiment({ model }).training.learning_rate, 1e-3);
