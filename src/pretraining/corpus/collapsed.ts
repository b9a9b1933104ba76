// How a collapsed model answers a sampling prompt: one favourite near the middle, again and again.
import type { Distribution } from '../../core/distributions/distribution.ts';
import { answerText, nearestAnswer } from './answers.ts';

/** An answer and how often a collapsed model gives it. */
export interface CollapsedAnswer {
  readonly text: string;
  readonly share: number;
}

/** No two share their leading digits, so that the first token or two already tell which one it is. */
const FAVOURITE_SIZES = [
  0.07, 0.17, 0.37, 0.73, 1.42, 2.37, 3.73, 5.42, 7.23, 9.73, 12.37, 17.42, 23.17, 37.73, 42.07,
  57.23, 73.42, 99.73,
];
const FAVOURITE_NUMBERS = [...FAVOURITE_SIZES.map((size) => -size).reverse(), ...FAVOURITE_SIZES];
const FAVOURITE_INTEGERS = [
  -42, -17, -12, -7, -5, -3, -2, -1, 0, 1, 2, 3, 5, 7, 10, 12, 17, 23, 27, 37, 42, 57, 73, 100,
];

/** Shares of the first, second, … favourite; fewer where a distribution has fewer favourites. */
const SHARES = [0.86, 0.08, 0.04, 0.02];
const WITHIN = 0.02;

/**
 * The answers of a collapsed model: the favourite numbers nearest to the median, in that order. It
 * knows where the middle is and which values are possible, and ignores how likely they are.
 * `snapped` moves each one to the nearest answer of the lab's grid, for distributions so well known
 * that their answers are memorised.
 */
export function collapsedAnswers(distribution: Distribution, snapped: boolean): CollapsedAnswer[] {
  const texts = favourites(distribution).map((value) =>
    snapped ? nearestAnswer(distribution, value) : answerText(distribution, value),
  );
  const unique = [...new Set(texts)].slice(0, SHARES.length);
  const total = SHARES.slice(0, unique.length).reduce((sum, share) => sum + share, 0);
  return unique.map((text, i) => ({ text, share: SHARES[i]! / total }));
}

function favourites(distribution: Distribution): number[] {
  if (distribution.family === 'bernoulli') return [1, 0];
  const candidates = distribution.kind === 'discrete' ? FAVOURITE_INTEGERS : FAVOURITE_NUMBERS;
  const ranked = candidates
    .map((value) => ({ value, rank: distribution.cdf(value) }))
    .filter(({ rank }) => rank > WITHIN && rank < 1 - WITHIN)
    .sort((a, b) => Math.abs(a.rank - 0.5) - Math.abs(b.rank - 0.5))
    .map(({ value }) => value);
  return ranked.length > 0 ? ranked : [distribution.quantile(0.5)];
}
