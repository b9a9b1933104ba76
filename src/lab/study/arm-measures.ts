// What can be measured of an arm, and what an experiment asks to be.
import type { Evaluation } from '../../evaluation/evaluation.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import type { EvaluationName } from '../../evaluation/names.ts';
import { isBase, methodNamed } from '../../methods/names.ts';
import { isTrained, type Arm, type Experiment } from '../experiment/experiment.ts';

/** Whether the probabilities of its answers can be told. */
export const isScoredExactly = (arm: Arm): boolean =>
  !methodNamed(arm.method)?.answering?.sampledOnly;

/** The evaluations that an experiment asks of an arm, in the order in which they run. */
export function evaluationsOf({ evaluation }: Experiment, arm: Arm): EvaluationName[] {
  const has: Record<Evaluation['measures'], boolean> = {
    answers: true,
    // Baselines change how answers are sampled; what the model can do is that of the untouched one.
    abilities: isTrained(arm) || isBase(arm),
    change: isTrained(arm),
  };
  return EVALUATIONS.filter((one: Evaluation) => has[one.measures] && one.isAsked(evaluation)).map(
    ({ key }) => key,
  );
}
