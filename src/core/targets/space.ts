// What an output space is: the canonical answers to a prompt and their probabilities.
import { InputError } from '../errors.ts';

/** The most digits after the point: more than any prompt needs, and all that doubles near 1000 tell apart. */
export const MOST_DECIMALS = 12;

/** Eight times the most that the paper uses; with more, a preview would keep people waiting. */
export const MOST_BINS = 2 ** 17;

/** Every answer is written in exactly one way; the texts are distinct. */
export interface OutputSpace {
  /** [answers] canonical texts; numbers ascend. */
  readonly values: readonly string[];
  /** [answers] what the texts mean as numbers; null for a user's own choices. */
  readonly numbers: Float64Array | null;
  /** [answers] sums to 1. */
  readonly probabilities: Float64Array;
  /** The range that the answers cover: quantiles (continuous), first and last answer (integers), NaN (choices). */
  readonly lowerBound: number;
  readonly upperBound: number;
  /**
   * Probability that lies beyond the last answer and is not the last answer's own, because the rules
   * of the paper cut a long range of integers at `bins`; 0 where nothing was cut.
   */
  readonly cut: number;
}

/** How the answers to a prompt for one number are written, and how many are kept. */
export interface OutputSpaceSettings {
  /** Digits after the point of continuous answers, 0 … `MOST_DECIMALS`. */
  readonly decimals: number;
  /** Most answers to keep, 2 … `MOST_BINS`. */
  readonly bins: number;
  readonly quantileLow: number;
  readonly quantileHigh: number;
  /** Whether the probability beyond the outermost answers is given to them or dropped. */
  readonly tailPolicy: 'clip_to_edge_bin' | 'none';
  /**
   * `lab`: every answer lies in the support, and a long range of integers is that between the
   * quantiles. `paper`: what the paper's code does, which cuts a long range of integers to its first
   * `bins`, however far from the mass that is, and may answer a number outside of a narrow support.
   */
  readonly rules: 'lab' | 'paper';
}

/** Entropy in nats of probabilities that sum to 1. */
export function entropyOf(probabilities: Iterable<number>): number {
  let entropy = 0;
  for (const p of probabilities) if (p > 0) entropy -= p * Math.log(p);
  return entropy;
}

/** Divides by the sum, in place. Throws InputError where there is nothing to divide. */
export function normalize(probabilities: Float64Array): void {
  let total = 0;
  for (const p of probabilities) total += p;
  if (!(total > 0 && total < Infinity)) {
    throw new InputError(
      `the answers have no probability (their sum is ${total})`,
      'use less extreme parameters, more bins or other quantiles',
      'params',
    );
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= total;
}
