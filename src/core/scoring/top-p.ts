// How many tokens a nucleus holds.
import { InputError } from '../errors.ts';

/**
 * The fewest of the largest probabilities whose sum reaches each threshold; all of them where the
 * sum falls short. Sums are kept in the precision of `probabilities` (float32 arrays in float32).
 * Throws InputError for a threshold outside (0, 1].
 * @example
 * import { topPSupportSizes } from 'calibration-lab/scoring';
 *
 * topPSupportSizes(Float64Array.of(0.1, 0.6, 0.3), [0.5, 0.85, 0.99]); // => [1,2,3]
 */
export function topPSupportSizes(
  probabilities: Float32Array | Float64Array,
  thresholds: readonly number[],
): number[] {
  for (const threshold of thresholds) {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new InputError(
        `top_p threshold must be in (0, 1], got ${threshold}`,
        'give a number above 0 and at most 1',
        'top_p',
      );
    }
  }
  const cumulative = probabilities.slice().sort().reverse();
  for (let i = 1; i < cumulative.length; i++) cumulative[i]! += cumulative[i - 1]!;
  return thresholds.map((threshold) => {
    const limit = probabilities instanceof Float32Array ? Math.fround(threshold) : threshold;
    const index = cumulative.findIndex((sum) => sum >= limit);
    return index < 0 ? cumulative.length : index + 1;
  });
}
