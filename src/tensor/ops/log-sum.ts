// The logarithm of a sum of exponentials, where the softmax is known already.
import type { Values } from '../host-kernel.ts';

/**
 * Log sum exp of the scores `from` .. `to`: any of them less the logarithm of its share. The first
 * with at least a mean share serves as exactly as the largest, and is found sooner.
 * @param shares softmax of these scores
 */
export function logSumOf(scores: Values, shares: Values, from: number, to: number): number {
  const enough = 0.99 / (to - from); // one share is at least the mean, less what rounding took
  let at = from;
  while (at < to - 1 && shares[at]! < enough) at++;
  return scores[at]! - Math.log(shares[at]!);
}
