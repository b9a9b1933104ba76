// The experiment configuration: one JSON object that the page, its URL and the terminal share.
import * as v from 'valibot';
import { checkExperiment } from './experiment-checks.ts';
import {
  BUILTIN_MODEL,
  type Arm,
  type Experiment,
  experimentSchema,
  type TrainedArm,
} from './experiment-schema.ts';
import { methodNamed } from '../../methods/names.ts';
import { withoutFormerSettings } from './former-settings.ts';
import { inputErrorOf } from '../../core/schema.ts';

export { type Anchor } from './arm-schema.ts';
export {
  BUILTIN_MODEL,
  type Arm,
  type Experiment,
  type ExperimentInput,
  type TrainedArm,
} from './experiment-schema.ts';
export { type Split, SPLITS } from './evaluation-schema.ts';

/** Whether the model is the one that comes with the lab. */
export const isBuiltin = ({ model }: Pick<Experiment, 'model'>): boolean => model === BUILTIN_MODEL;

/** Also of arms that another version has stored, whose methods may be unknown. */
export const isTrained = (arm: Arm): arm is TrainedArm =>
  methodNamed(arm.method)?.training !== undefined;

/**
 * Fills in the defaults and checks everything that can be checked without a model.
 * @throws InputError naming the field by its dotted path, e.g. `data.decimals`.
 */
export function resolveExperiment(input: unknown): Experiment {
  const result = v.safeParse(experimentSchema, withoutFormerSettings(input), { abortEarly: true });
  if (!result.success) throw inputErrorOf(result.issues[0]);
  checkExperiment(result.output);
  return result.output;
}
