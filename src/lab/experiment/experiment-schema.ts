// The schema of the experiment configuration: names, defaults and bounds.
import * as v from 'valibot';
import { isDate, STUDY_DATE } from '../../model/tokenizer/study-date.ts';
import { WEIGHT_CHOICES } from '../../model/weight-forms.ts';
import { FAMILIES } from '../../core/distributions/families.ts';
import { CATEGORIES } from '../../core/prompts/categories.ts';
import { MOST_BINS, MOST_DECIMALS } from '../../core/targets/space.ts';
import { armSchema, DEFAULT_ARMS } from './arm-schema.ts';
import { evaluationSchema } from './evaluation-schema.ts';
import { PRESET_NAMES, withBest } from './presets.ts';
import {
  integer,
  listOf,
  nonEmptyText,
  number,
  numbersByName,
  oneOf,
  settings,
} from '../../core/schema.ts';

const loraSchema = settings({
  rank: v.optional(integer(1, 1024), 16),
  alpha: v.optional(number(0, 1e6, 'above'), 32),
  dropout: v.optional(number(0, 0.95), 0.05),
  targets: v.optional(listOf(nonEmptyText(), 1), ['q_proj', 'k_proj', 'v_proj', 'o_proj']),
});

const trainingSchema = settings({
  preset: v.optional(oneOf(PRESET_NAMES)),
  /** The default depends on the model, see `defaultTraining`. */
  steps: v.optional(integer(1, 1_000_000)),
  /** Prompts per optimizer step. */
  batch: v.optional(integer(1, 1024), 8),
  /** Peak of the schedule; the default depends on the model, see `defaultTraining`. */
  learning_rate: v.optional(number(0, 1, 'above')),
  weight_decay: v.optional(number(0, 1), 0.01),
  /** Fraction of the steps over which the learning rate rises from zero. */
  warmup: v.optional(number(0, 1), 0.03),
  lora: v.optional(loraSchema, {}),
});

const distributionSchema = settings({
  family: nonEmptyText(),
  /** Parameters by the names the prompt uses. */
  params: numbersByName(),
});

const choiceSchema = settings({
  value: nonEmptyText(),
  weight: v.optional(number(0, 1e12), 1),
});

const dataSchema = settings({
  /** `paper` is its 24 training families (6 more are held out); or a list of family identifiers. */
  families: v.optional(
    v.union(
      [v.literal('paper'), listOf(nonEmptyText(), 0, FAMILIES.length)],
      "'paper' or a list of families, each once",
    ),
    'paper',
  ),
  /** Questions whose answers are words, beside the families: `all` that train, or a list; none unless given. */
  categories: v.optional(
    v.union(
      [v.literal('all'), listOf(nonEmptyText(), 1, CATEGORIES.length)],
      "'all' or a list of categories, each once",
    ),
  ),
  /** Train on the held-out families and categories that are listed, too. */
  include_held_out: v.optional(v.boolean('true or false'), false),
  prompts_per_family: v.optional(integer(1, 10_000), 20),
  decimals: v.optional(integer(0, MOST_DECIMALS), 2),
  bins: v.optional(integer(2, MOST_BINS), 1001),
  /** One distribution instead of the families: the lab trains on its prompt alone. */
  distribution: v.optional(distributionSchema),
  /** A user's own categorical answers instead of the families. */
  choices: v.optional(listOf(choiceSchema, 1, MOST_BINS)),
  /** What the model is asked when `choices` are given. */
  prompt: v.optional(nonEmptyText()),
});

/**
 * Arms of one experiment. Each is trained and scored one after the other, has a column of its own in
 * every table and a colour in every chart: far fewer can be read.
 */
export const MOST_ARMS = 64;

/** The model that comes with the lab. */
export const BUILTIN_MODEL = 'builtin';

/**
 * The paper's 2e-4 was found on models of 0.6 to 27 billion parameters. The built-in model has one
 * million, and its adapters need larger steps: with 2e-3, 4e-3, 5e-3 and 8e-3 tried, 5e-3 came out
 * best on trained prompts. Its steps are cheap, so it takes twice as many.
 */
export function defaultTraining(model: string): { steps: number; learning_rate: number } {
  return model === BUILTIN_MODEL
    ? { steps: 400, learning_rate: 0.005 }
    : { steps: 200, learning_rate: 0.0002 };
}

const DATE = `a day of the calendar as YYYY-MM-DD, e.g. ${STUDY_DATE}`;
/** Every seed is a whole run; intervals over more are no narrower that anyone could see. */
const MOST_SEEDS = 1000;

const seedSchema = () => integer(0, 0xffffffff);
const writtenSchema = settings({
  /** `builtin`, or a folder in Hugging Face layout. */
  model: v.optional(nonEmptyText(), BUILTIN_MODEL),
  /** How matrices are kept: as the model stores them (the default), or rounded to blocks of few bits. */
  weights: v.optional(oneOf(WEIGHT_CHOICES)),
  data: v.optional(dataSchema, {}),
  arms: v.optional(listOf(armSchema, 1, MOST_ARMS), DEFAULT_ARMS),
  training: v.optional(trainingSchema, {}),
  evaluation: v.optional(evaluationSchema, {}),
  /** The day that chat templates are told, if they ask for it: figures must not change overnight. */
  date: v.optional(v.pipe(v.string(DATE), v.check(isDate, DATE)), STUDY_DATE),
  seed: v.optional(seedSchema(), 11),
  /** Takes the place of `seed`: the whole experiment is run from each of them, one after the other. */
  seeds: v.optional(listOf(seedSchema(), 1, MOST_SEEDS)),
});

export const experimentSchema = v.pipe(
  writtenSchema,
  v.transform((experiment) => {
    const standard = defaultTraining(experiment.model);
    const { steps = standard.steps, learning_rate = standard.learning_rate } = experiment.training;
    return withBest({ ...experiment, training: { ...experiment.training, steps, learning_rate } });
  }),
);

/** A complete, valid experiment. */
export type Experiment = v.InferOutput<typeof experimentSchema>;
/** What a person may write: everything has a default. */
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
export type Arm = Experiment['arms'][number];
/** Of a method that trains. */
export type TrainedArm = Extract<Arm, { anchor?: unknown }>;
