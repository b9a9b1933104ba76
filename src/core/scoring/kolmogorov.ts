// The Kolmogorov-Smirnov test against a fully specified distribution, with exact p-values.
import type { Distribution } from '../distributions/distribution.ts';
import { UNDEFINED, type TestResult } from './chi-square.ts';

/** Two-sided test; NaN for fewer than two values, as the reference has it. */
export function kolmogorovSmirnovTest(
  distribution: Distribution,
  values: ArrayLike<number>,
): TestResult {
  const n = values.length;
  if (n < 2) return UNDEFINED;
  let statistic = 0;
  Float64Array.from(values)
    .sort()
    .forEach((x, i) => {
      const p = distribution.cdf(x);
      statistic = Math.max(statistic, (i + 1) / n - p, p - i / n);
    });
  return { statistic, pValue: kolmogorovTail(n, statistic) };
}

/**
 * P(D_n >= d) for the two-sided statistic of n continuous observations, by the methods that scipy
 * chooses between (Simard and L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution",
 * 2011). Good to 1e-10 up to n = 140 and in the tails; to about 1e-5 elsewhere.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0.5 / n) return 1;
  if (d >= 1) return 0;
  // Twice the one-sided tail: exact from d = 1/2, short by exp(-6 n d^2) relative below.
  if (d >= 0.5 || n * d * d >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * oneSidedTail(n, d));
  const cdf = n <= 140 || n * d ** 1.5 <= 1.4 ? matrixCdf(n, d) : expansionCdf(n, d);
  return Math.min(1, Math.max(0, 1 - cdf));
}

/** P(D_n^+ >= d): d * sum over j of C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j) (Birnbaum and Tingey). */
function oneSidedTail(n: number, d: number): number {
  let total = 0;
  let logChoose = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    if (j > 0) logChoose += Math.log((n - j + 1) / j);
    const rest = 1 - d - j / n;
    if (rest <= 0) break;
    total += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest));
  }
  return d * total;
}

/**
 * P(D_n < d) = n! / n^n times the middle entry of H^n, H of size 2 ceil(n d) - 1 (Marsaglia, Tsang
 * and Wang, "Evaluating Kolmogorov's Distribution", 2003).
 */
function matrixCdf(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const m = 2 * k - 1;
  const h = k - n * d;
  const matrix = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < Math.min(m, i + 2); j++) matrix[i * m + j] = 1;
  }
  for (let i = 0; i < m; i++) {
    matrix[i * m]! -= h ** (i + 1);
    matrix[(m - 1) * m + i]! -= h ** (m - i);
  }
  if (2 * h > 1) matrix[(m - 1) * m]! += (2 * h - 1) ** m;
  for (let i = 0; i < m; i++) {
    let factorial = 1;
    for (let j = i; j >= 0; j--) {
      factorial *= i - j + 1;
      matrix[i * m + j]! /= factorial;
    }
  }
  const power = matrixPower({ entries: matrix, exponent: 0 }, m, n);
  let result = power.entries[(k - 1) * m + (k - 1)]!;
  let exponent = power.exponent;
  for (let i = 1; i <= n; i++) {
    result *= i / n;
    if (result < 1e-140) {
      result *= 1e140;
      exponent -= 140;
    }
  }
  return result * 10 ** exponent;
}

/** entries * 10^exponent, so that high powers do not overflow. */
interface ScaledMatrix {
  entries: Float64Array;
  exponent: number;
}

function matrixPower(base: ScaledMatrix, m: number, n: number): ScaledMatrix {
  let result = base;
  for (const bit of n.toString(2).slice(1)) {
    result = product(result, result, m);
    if (bit === '1') result = product(result, base, m);
  }
  return result;
}

function product(a: ScaledMatrix, b: ScaledMatrix, m: number): ScaledMatrix {
  const entries = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < m; k++) {
      const x = a.entries[i * m + k]!;
      if (x === 0) continue;
      for (let j = 0; j < m; j++) entries[i * m + j]! += x * b.entries[k * m + j]!;
    }
  }
  let exponent = a.exponent + b.exponent;
  const middle = (m - 1) / 2;
  if (entries[middle * m + middle]! > 1e140) {
    for (let i = 0; i < entries.length; i++) entries[i]! *= 1e-140;
    exponent += 140;
  }
  return { entries, exponent };
}

/**
 * P(D_n < d) by the expansion of Pelz and Good ("A simple method for computing the distribution of
 * the Kolmogorov-Smirnov statistic", 1976) up to n^(-3/2); for n > 140 good to about 1e-6.
 */
function expansionCdf(n: number, d: number): number {
  const z2 = n * d * d;
  const z = Math.sqrt(z2);
  const [z4, z6] = [z2 * z2, z2 * z2 * z2];
  const terms = [0, 0, 0, 0];
  for (let k = 0; k < 100; k++) {
    const q = (Math.PI * (k + 0.5)) ** 2;
    const odd = 2 * Math.exp(-q / (2 * z2)); // k + 1/2 and its negative
    const p = (Math.PI * k) ** 2;
    const even = 2 * Math.exp(-p / (2 * z2)); // the factors vanish at k = 0
    terms[0]! += odd / z;
    terms[1]! += (odd * (q - z2)) / (6 * z4);
    terms[2]! +=
      (odd * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * q + (1 - 2 * z2) * q * q)) / (72 * z6 * z) -
      (even * p) / (36 * z2 * z);
    terms[3]! +=
      (odd *
        ((5 - 30 * z2) * q ** 3 +
          (212 * z4 - 60 * z2) * q * q +
          (135 * z4 - 96 * z6) * q -
          30 * z6 -
          90 * z4 * z4)) /
        (6480 * z6 * z4) +
      (even * (3 * p * z2 - p * p)) / (216 * z6);
    if (odd < 1e-20) break;
  }
  const sum = terms.reduce((total, term, i) => total + term / n ** (i / 2), 0);
  return Math.sqrt(Math.PI / 2) * sum;
}
