// The schema of arms: a case for each method, and the anchor that trained ones may have.
import * as v from 'valibot';
import {
  integer,
  listOf,
  nonEmptyText,
  number,
  oneOf,
  settings,
  settingsCase,
} from '../../core/schema.ts';
import { METHODS } from '../../methods/index.ts';

const anchorSchema = settings({
  /** What KL(base || adapted), a mean per token, counts beside the arm's own loss. */
  weight: v.optional(number(0, 1e6, 'above'), 1),
  /** Anchor prompts per optimizer step, besides those of `training.batch`. */
  batch: v.optional(integer(1, 1024), 8),
  /** Only one in so many steps has an anchor. */
  every: v.optional(integer(1, 1_000_000), 1),
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
export type Anchor = v.InferOutput<typeof anchorSchema>;

/** What an arm may learn from; `all` unless it says so. */
export const TRAINED_ON = ['all', 'numbers', 'words'] as const;

/**
 * `anchor` keeps the model as it was where calibration should not reach: every step also lowers
 * KL(base || adapted) along the untouched model's own answers to unrelated prompts.
 */
const trained = {
  anchor: v.optional(anchorSchema),
  /** Which of the training prompts it learns from: those answered in numbers, in words, or all of them. */
  prompts: v.optional(oneOf(TRAINED_ON)),
};

type Described = (typeof METHODS)[number];
type EntriesOf<M extends Described> = {
  name: v.OptionalSchema<ReturnType<typeof nonEmptyText>, string>;
  method: v.LiteralSchema<M['key'], undefined>;
} & M['settings'] &
  (M['training'] extends object ? typeof trained : Record<never, never>);
type CasesOf<Methods extends readonly Described[]> = {
  [I in keyof Methods]: v.StrictObjectSchema<EntriesOf<Methods[I]>, string>;
};

const caseOf = (method: Described) =>
  settingsCase({
    name: v.optional(nonEmptyText(), method.name),
    method: v.literal(method.key),
    ...method.settings,
    ...(method.training && trained),
  });

const keys = METHODS.map(({ key }) => `'${key}'`);
export const armSchema = v.variant(
  'method',
  METHODS.map(caseOf) as unknown as CasesOf<typeof METHODS>,
  `an arm whose method is ${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}`,
);

/** The arms of the default experiment. */
export const DEFAULT_ARMS = METHODS.filter((method) => 'isDefault' in method).map(({ key }) => ({
  method: key,
})) as v.InferInput<typeof armSchema>[];
