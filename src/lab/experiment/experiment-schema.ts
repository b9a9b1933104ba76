// The schema of the experiment configuration: names, defaults and bounds.
import * as v from 'valibot';
import { isDate, STUDY_DATE } from '../../model/tokenizer/study-date.ts';
import { FAMILIES } from '../../core/distributions/families.ts';
import { MOST_BINS, MOST_DECIMALS } from '../../core/targets/space.ts';
import { evaluationSchema } from './evaluation-schema.ts';
import {
  integer,
  listOf,
  nonEmptyText,
  number,
  numbersByName,
  oneOf,
  settings,
  settingsCase,
} from '../../core/schema.ts';

const loraSchema = settings({
  rank: v.optional(integer(1, 1024), 16),
  alpha: v.optional(number(0, 1e6, 'above'), 32),
  dropout: v.optional(number(0, 0.95), 0.05),
  targets: v.optional(listOf(nonEmptyText(), 1), ['q_proj', 'k_proj', 'v_proj', 'o_proj']),
});

const trainingSchema = settings({
  /** `paper` repeats the paper's setting, `matched` gives both methods the same answer tokens. */
  preset: v.optional(oneOf(['paper', 'matched'])),
  /** The default depends on the model, see `defaultTraining`. */
  steps: v.optional(integer(1, 1_000_000)),
  /** Prompts per optimizer step. */
  batch: v.optional(integer(1, 1024), 8),
  /** Peak of the schedule; the default depends on the model, see `defaultTraining`. */
  learning_rate: v.optional(number(0, 1, 'above')),
  weight_decay: v.optional(number(0, 1), 0.01),
  /** Fraction of the steps over which the learning rate rises from zero. */
  warmup: v.optional(number(0, 1), 0.03),
  /** `entropy` trains on the prompts of least answer entropy first and adds the others by and by. */
  curriculum: v.optional(oneOf(['entropy'])),
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
      [v.literal('paper'), listOf(nonEmptyText(), 1, FAMILIES.length)],
      "'paper' or a list of families, each once",
    ),
    'paper',
  ),
  /** Train on the held-out families that `families` lists, too. */
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

const pathsSchema = v.union(
  [v.literal('trie'), integer(1, 1_000_000)],
  "a whole number from 1, or 'trie'",
);
const anchorSchema = settings({
  /** What KL(base || adapted), a mean per token, counts beside the arm's own loss. */
  weight: v.optional(number(0, 1e6, 'above'), 1),
  /** Anchor prompts per optimizer step, besides those of `training.batch`. */
  batch: v.optional(integer(1, 1024), 8),
  /** Answers sampled from the untouched model per anchor prompt, once before training. */
  answers: v.optional(integer(1, 1024), 4),
  /** Longest of these answers. */
  max_tokens: v.optional(integer(1, 4096), 32),
  /** The untouched model's likeliest next tokens kept of each position, renormalised. */
  top: v.optional(integer(1, 1_000_000), 128),
  /** What is asked: all of the lab's sums, lists, facts, choices and explanations, its sums, or a list. */
  prompts: v.optional(
    v.union(
      [oneOf(['all', 'sums']), listOf(nonEmptyText(), 1)],
      "'all', 'sums' or a list of prompts",
    ),
    'all',
  ),
});
/** Settings that both methods have. */
const trainedArm = {
  /**
   * Keeps the model as it was where calibration should not reach: every step also lowers
   * KL(base || adapted) along the untouched model's own answers to unrelated prompts.
   */
  anchor: v.optional(anchorSchema),
  /** `stratified` draws one answer from each of as many equal parts of the cdf as there are answers. */
  draws: v.optional(oneOf(['independent', 'stratified'])),
  /**
   * What becomes of the probability beyond the outermost answers of training targets: theirs (the
   * default, as in the targets that arms are scored on), or dropped.
   */
  tail_policy: v.optional(oneOf(['clip_to_edge_bin', 'none'])),
  /**
   * Which continuous answers training targets keep where there are more than `data.bins`: evenly
   * spaced ones (the default, as in the targets that arms are scored on), or those at quantiles.
   */
  bin_placement: v.optional(oneOf(['even', 'quantiles'])),
};
const share = () => v.optional(number(0, 1));
const armSchema = v.variant(
  'method',
  [
    settingsCase({ name: v.optional(nonEmptyText(), 'base'), method: v.literal('none') }),
    settingsCase({
      name: v.optional(nonEmptyText(), 'soft'),
      method: v.literal('soft'),
      /** Answer paths sampled per prompt and step; `trie` takes them all. */
      paths: v.optional(pathsSchema, 16),
      ...trainedArm,
      /** What the steps of a path weigh: together 1 (`paths`, the default), or 1 each (`tokens`). */
      weighting: v.optional(oneOf(['paths', 'tokens'])),
      /** Share of the sampled answers' own next tokens in the targets: 0 is soft, 1 hard. */
      mix: share(),
      /** Share of a uniform distribution over the possible next tokens in the exact targets. */
      smoothing: share(),
    }),
    settingsCase({
      name: v.optional(nonEmptyText(), 'hard'),
      method: v.literal('hard'),
      /** Answers sampled per prompt and step. */
      answers: v.optional(integer(1, 1_000_000), 16),
      ...trainedArm,
    }),
    /** The untouched model sampled at another temperature; without one, the best on trained prompts. */
    settingsCase({
      name: v.optional(nonEmptyText(), 'temperature'),
      method: v.literal('temperature'),
      temperature: v.optional(number(0.05, 20)),
    }),
    /** The untouched model asked to derive its answers from a random string that it writes first. */
    settingsCase({
      name: v.optional(nonEmptyText(), 'seed of thought'),
      method: v.literal('seed_of_thought'),
    }),
  ],
  "an arm whose method is 'none', 'soft', 'hard', 'temperature' or 'seed_of_thought'",
);

/**
 * Arms of one experiment. Each is trained and scored one after the other, has a column of its own in
 * every table and a colour in every chart: far fewer can be read.
 */
const MOST_ARMS = 64;

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
  /** How matrices are kept: as the model stores them (the default), or rounded to blocks of 8 bits. */
  weights: v.optional(oneOf(['stored', 'int8'])),
  data: v.optional(dataSchema, {}),
  arms: v.optional(listOf(armSchema, 1, MOST_ARMS), [
    { method: 'none' },
    { method: 'soft' },
    { method: 'hard' },
  ]),
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
    return { ...experiment, training: { ...experiment.training, steps, learning_rate } };
  }),
);

/** A complete, valid experiment. */
export type Experiment = v.InferOutput<typeof experimentSchema>;
/** What a person may write: everything has a default. */
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
export type Arm = Experiment['arms'][number];
export type Anchor = v.InferOutput<typeof anchorSchema>;
export type TrainedArm = Extract<Arm, { method: 'soft' | 'hard' }>;
