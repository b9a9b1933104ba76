// Total variation of a sample from an output space, and what a perfect sampler would have.
import { logGamma } from '../distributions/special-functions.ts';
import type { OutputSpace } from '../targets/space.ts';

/**
 * 1/2 sum |count / n - p|. Null without counts: a distance of nothing is undefined, not 0.
 * @example
 * import { sampledTotalVariation } from 'calibration-lab/scoring';
 *
 * sampledTotalVariation([30, 10], [0.5, 0.5]); // => 0.25
 */
export function sampledTotalVariation(
  counts: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): number | null {
  let n = 0;
  for (let i = 0; i < counts.length; i++) n += counts[i]!;
  if (n === 0) return null;
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += Math.abs(counts[i]! / n - probabilities[i]!);
  return total / 2;
}

/**
 * Expected total variation of n independent draws from `probabilities` themselves: the exact
 * expectation of 1/2 sum |N_i / n - p_i|. Each N_i is binomial(n, p_i), whose mean absolute
 * deviation is, after de Moivre, 2 v C(n, v) p^v (1 - p)^(n - v + 1) with v = floor(n p) + 1; no
 * simulation and no approximation. A sample's excess total variation is its own minus this.
 * @example
 * import { expectedTotalVariation } from 'calibration-lab/scoring';
 *
 * expectedTotalVariation([0.5, 0.5], 4); // => 0.1875
 */
export function expectedTotalVariation(probabilities: ArrayLike<number>, n: number): number {
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (!(p > 0 && p < 1)) continue;
    const v = Math.floor(n * p) + 1;
    if (v > n) continue; // n p rounded up to n: the deviation is below rounding
    const logDeviation =
      Math.log(2 * v) +
      logGamma(n + 1) -
      logGamma(v + 1) -
      logGamma(n - v + 1) +
      v * Math.log(p) +
      (n - v + 1) * Math.log1p(-p);
    total += Math.exp(logDeviation);
  }
  return total / (2 * n);
}

/**
 * [answers] how many of the values fall to each answer of a numeric space: the nearest one (a value
 * half way goes down, as a cdf has it), beyond the ends the outermost, just as the space's probabilities were binned.
 * @example
 * import { createDistribution } from 'calibration-lab/families';
 * import { countByBin } from 'calibration-lab/scoring';
 * import { outputSpace } from 'calibration-lab/tries';
 *
 * const space = outputSpace(createDistribution('binomial', { n: 2, p: 0.5 }));
 * space.values; // => ["0","1","2"]
 * countByBin(space, [0, 2, 2]); // => [1,0,2]
 */
export function countByBin(space: OutputSpace, values: ArrayLike<number>): Float64Array {
  const numbers = space.numbers!;
  const counts = new Float64Array(numbers.length);
  for (let k = 0; k < values.length; k++) {
    let low = 0;
    let high = numbers.length - 1; // first answer whose upper edge is not below the value
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[k]! <= (numbers[middle]! + numbers[middle + 1]!) / 2) high = middle;
      else low = middle + 1;
    }
    counts[low]!++;
  }
  return counts;
}
