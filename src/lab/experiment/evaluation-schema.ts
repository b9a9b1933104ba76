// The schema of what an experiment measures: splits, every evaluation's settings, a user's own data.
import * as v from 'valibot';
import { integer, listOf, oneOf, settings } from '../../core/schema.ts';
import { SIZES } from '../../evaluation/evaluation.ts';
import { EVALUATION_SETTINGS, OWN_DATA } from '../../evaluation/names.ts';

/** The prompts a model is measured on: seen in training, unseen parameters, families held out. */
export const SPLITS = ['train', 'test_unseen_params', 'test_ood_family'] as const;
export type Split = (typeof SPLITS)[number];

type OwnDataEntries = {
  [K in keyof typeof OWN_DATA]: v.OptionalSchema<(typeof OWN_DATA)[K]['schema'], undefined>;
};
/** Each part takes the place of the lab's own. */
const ownDataEntries = Object.fromEntries(
  Object.entries(OWN_DATA).map(([kind, { schema }]) => [kind, v.optional(schema)]),
) as OwnDataEntries;

export const evaluationSchema = settings({
  splits: v.optional(listOf(oneOf(SPLITS), 1), [...SPLITS]),
  prompts_per_family: v.optional(integer(1, 10_000), 1),
  ...EVALUATION_SETTINGS,
  /** How much of the lab's own sets is asked, see `SIZES`. */
  size: v.optional(oneOf(SIZES), 'quick'),
  data: v.optional(settings(ownDataEntries), {}),
});
