// What can be measured of an arm, and what an experiment asks to be.
import type { Evaluation } from '../../evaluation/evaluation.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import type { EvaluationName } from '../../evaluation/names.ts';
import type { Arm, Experiment } from '../experiment/experiment.ts';

/** Answers by String Seed of Thought are reached over many strings: their probabilities are unknown. */
export const isScoredExactly = ({ method }: Arm): boolean => method !== 'seed_of_thought';

/** The evaluations that an experiment asks of an arm, in the order in which they run. */
export function evaluationsOf({ evaluation }: Experiment, { method }: Arm): EvaluationName[] {
  // Baselines change how answers are sampled; what the model can do is that of the untouched one.
  const onlyAnswers = method === 'temperature' || method === 'seed_of_thought';
  const isAsked = (one: Evaluation) =>
    one.isAsked(evaluation) && !(onlyAnswers && one.measures === 'abilities');
  return EVALUATIONS.filter(isAsked).map(({ key }) => key);
}
