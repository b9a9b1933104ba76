// What can be measured of an arm, and what an experiment asks to be.
import { EVALUATIONS, type EvaluationName } from '../events.ts';
import type { Arm, Experiment } from '../experiment/experiment.ts';

/** Answers by String Seed of Thought are reached over many strings: their probabilities are unknown. */
export const isScoredExactly = ({ method }: Arm): boolean => method !== 'seed_of_thought';

/** The evaluations that an experiment asks of an arm, in the order in which they run. */
export function evaluationsOf({ evaluation }: Experiment, arm: Arm): EvaluationName[] {
  const asked = (name: EvaluationName) =>
    name === 'samples' ? evaluation.samples > 0 : evaluation[name];
  return EVALUATIONS.filter((name) => asked(name) && isMeasuredBy(arm, name));
}

/** Baselines change how answers are sampled; what the model can do is that of the untouched one. */
function isMeasuredBy({ method }: Arm, evaluation: EvaluationName): boolean {
  const sampled = evaluation !== 'retention' && evaluation !== 'perplexity';
  return sampled || (method !== 'temperature' && method !== 'seed_of_thought');
}
