// How far a model is from a target, from what it gives each answer.
import type { OutputSpace } from '../targets/space.ts';
import { wassersteinBetween } from './moments.ts';
import { rankCorrelation } from './rank-correlation.ts';

/** What `answerScores` says; divergences and entropy in nats. */
export interface AnswerScores {
  /** KL(target || model) of whole answers, in nats; infinite where a possible answer never comes. */
  readonly kl: number;
  /** Total variation; everything that is not an answer counts as one more outcome. */
  readonly tv: number;
  /** Jensen-Shannon divergence in nats, likewise; at most log 2. */
  readonly js: number;
  /** Probability that the model gives one of the answers. */
  readonly validMass: number;
  readonly invalidMass: number;
  /** [answers] what the model gives each answer; sums to `validMass`. */
  readonly answerProbabilities: Float64Array;
  /** Entropy in nats of the model's answers, given that it gives one; NaN where it never does. */
  readonly entropy: number;
  /** W1 between the model's answers, given that it gives one, and the target; null for choices. */
  readonly wasserstein1: number | null;
  /** Spearman's, of the target's and the model's probabilities; null for a target without an order. */
  readonly rankCorrelation: number | null;
}

/**
 * The distance of a model from a target, from the log-probability of every whole answer.
 * @param space the target: `probabilities` [answers], which sum to 1
 * @param logProbabilities [answers] natural logs of what the model gives each answer, its end included
 * @example
 * import { answerScores } from 'calibration-lab/scoring';
 * import { choiceSpace } from 'calibration-lab/tries';
 *
 * const coin = choiceSpace([{ value: 'heads', weight: 1 }, { value: 'tails', weight: 1 }]);
 * const { kl, tv, validMass } = answerScores(coin, [Math.log(0.7), Math.log(0.2)]);
 * kl; // => 0.289909
 * tv; // => 0.3
 * validMass; // => 0.9
 */
export function answerScores(
  { probabilities, numbers }: Pick<OutputSpace, 'probabilities' | 'numbers'>,
  logProbabilities: ArrayLike<number>,
): AnswerScores {
  const answerProbabilities = Float64Array.from(logProbabilities, Math.exp);
  let [kl, validMass, distance, js] = [0, 0, 0, 0];
  answerProbabilities.forEach((q, answer) => {
    const p = probabilities[answer]!;
    if (p > 0) kl += p * (Math.log(p) - logProbabilities[answer]!);
    validMass += q;
    distance += Math.abs(p - q);
    js += (klTerm(p, (p + q) / 2) + klTerm(q, (p + q) / 2)) / 2;
  });
  const invalidMass = Math.max(0, 1 - validMass);
  const given = answerProbabilities.map((q) => q / validMass);
  return {
    kl: Math.max(0, kl), // a model that agrees can come out an ulp below 0
    tv: (distance + invalidMass) / 2,
    js: Math.max(0, js + (invalidMass * Math.LN2) / 2),
    validMass,
    invalidMass,
    answerProbabilities,
    entropy: validMass > 0 ? -given.reduce((sum, q) => sum + klTerm(q, 1), 0) : NaN,
    wasserstein1: numbers && wassersteinBetween(numbers, given, probabilities),
    rankCorrelation: rankCorrelation(probabilities, answerProbabilities),
  };
}

/** p log(p / q), 0 at p = 0. */
function klTerm(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q);
}
