// The Anderson-Darling test of a sample's shape, with location and scale fitted to the sample.
import { normalCdf } from '../distributions/special-functions.ts';

/** The Anderson-Darling statistic of a sample and its critical value. */
export interface AndersonResult {
  readonly statistic: number;
  /** The sample is unlike the family at the 5 % level where the statistic exceeds this. */
  readonly critical5Percent: number;
}

/** What differs between families; critical values from Stephens (1974, 1977, 1979). */
interface Shape {
  fit(values: Float64Array): { location: number; scale: number };
  logCdf(z: number): number;
  logTail(z: number): number;
  critical5Percent(n: number): number;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  gaussian: {
    fit: (values) => ({ location: mean(values), scale: standardDeviation(values) }),
    logCdf: (z) => Math.log(normalCdf(z)),
    logTail: (z) => Math.log(normalCdf(-z)),
    critical5Percent: (n) => 0.787 / (1 + 4 / n - 25 / n / n),
  },
  exponential: {
    fit: (values) => ({ location: 0, scale: mean(values) }),
    logCdf: (z) => Math.log(-Math.expm1(-z)),
    logTail: (z) => -z,
    critical5Percent: (n) => 1.341 / (1 + 0.6 / n),
  },
  logistic: {
    fit: fitLogistic,
    logCdf: (z) => -Math.log1p(Math.exp(-z)),
    logTail: (z) => -Math.log1p(Math.exp(z)),
    critical5Percent: (n) => 0.66 / (1 + 0.25 / n),
  },
};

/**
 * Tests shape only: the parameters are those that fit the sample best, not the ones asked for, as
 * in the reference. Null for families it does not cover and for fewer than 5 values; the statistic
 * is not finite where the sample has no spread (or an exponential one has a 0).
 */
export function andersonDarling(family: string, values: ArrayLike<number>): AndersonResult | null {
  const shape = SHAPES[family];
  const n = values.length;
  if (!shape || n < 5) return null;
  const sorted = Float64Array.from(values).sort();
  const { location, scale } = shape.fit(sorted);
  const z = sorted.map((x) => (x - location) / scale);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += (2 * i + 1) * (shape.logCdf(z[i]!) + shape.logTail(z[n - 1 - i]!));
  }
  const critical = Math.round(shape.critical5Percent(n) * 1000) / 1000;
  return { statistic: -n - sum / n, critical5Percent: critical };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** With n - 1. */
function standardDeviation(values: Float64Array): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1));
}

/** Maximum likelihood by Newton's method on (location, log scale), from the moments. */
function fitLogistic(values: Float64Array): { location: number; scale: number } {
  const n = values.length;
  let location = mean(values);
  let scale = standardDeviation(values);
  for (let round = 0; round < 100 && scale > 0; round++) {
    // Score and Hessian of the log-likelihood; t = tanh(z / 2) = 2 cdf(z) - 1.
    let [sumT, sumZT, a, b, c] = [0, 0, 0, 0, 0];
    for (const x of values) {
      const z = (x - location) / scale;
      const t = Math.tanh(z / 2);
      const slope = (1 - t * t) / 2;
      sumT += t;
      sumZT += z * t;
      a += slope;
      b += z * slope;
      c += z * z * slope;
    }
    const [first, second] = [sumT, sumZT - n];
    // d(sumT) = -(a dm + b ds), d(sumZT) = -((b + sumT) dm + (c + sumZT) ds), steps in units of scale.
    const determinant = a * (c + sumZT) - b * (b + sumT);
    const shift = (first * (c + sumZT) - b * second) / determinant;
    const stretch = (a * second - (b + sumT) * first) / determinant;
    location += shift * scale;
    scale *= Math.exp(Math.max(-1, Math.min(1, stretch)));
    if (Math.abs(shift) + Math.abs(stretch) < 1e-14) break;
  }
  return { location, scale };
}
