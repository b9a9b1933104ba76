// Wilson's score interval of a proportion.
import type { Interval } from './bootstrap.ts';

/** The 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of the probability behind `successes` of `n` independent trials (Wilson,
 * "Probable inference, the law of succession, and statistical inference", 1927). Unlike the normal
 * approximation it has a width at 0 and at n. Null without trials.
 * @example
 * import { wilsonInterval } from 'calibration-lab/scoring';
 *
 * wilsonInterval(0, 20); // => {"low":0,"high":0.161125}
 */
export function wilsonInterval(successes: number, n: number): Interval | null {
  if (n === 0) return null;
  const share = successes / n;
  const spread = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const centre = share + (Z * Z) / (2 * n);
  const scale = 1 + (Z * Z) / n;
  return {
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === n ? 1 : (centre + spread) / scale,
  };
}
