// Multiples of a power of ten between two numbers, thinned by index arithmetic, with exact texts.
import { InputError } from '../errors.ts';
import { roundHalfEven } from '../prompts/python-float.ts';

export interface Lattice {
  readonly numbers: Float64Array;
  readonly values: readonly string[];
}

/**
 * The multiples of 10^-decimals in [low, high]; where there are more than `most`, so many
 * of them, evenly spaced by index, first and last included. An empty grid gives the
 * rounded centre alone.
 * Throws InputError where doubles are too coarse to tell neighbours apart.
 */
export function decimalLattice(low: number, high: number, decimals: number, most: number): Lattice {
  const step = Number(`1e-${decimals}`); // parsed, because V8's 10 ** -5 is one ulp off
  const scale = Number(`1e${decimals}`);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  if (!(Math.max(Math.abs(first), Math.abs(last)) <= Number.MAX_SAFE_INTEGER)) {
    throw new InputError(
      `${decimals} decimals are too fine for values up to ${Math.max(Math.abs(low), Math.abs(high))}`,
      'use fewer decimals or smaller parameters',
      'decimals',
    );
  }
  if (last < first) {
    const exact = (low + high) / 2 / step;
    const centre = Math.abs(roundHalfEven(exact)) * (exact < 0 ? -1 : 1); // keeps the sign of zero
    return { numbers: Float64Array.of(centre / scale), values: [latticeText(centre, decimals)] };
  }
  const indices = thinnedIndices(last - first + 1, most);
  const numbers = new Float64Array(indices.length);
  const values = new Array<string>(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const k = first + indices[i]!;
    numbers[i] = k / scale;
    values[i] = latticeText(k, decimals);
  }
  return { numbers, values };
}

/**
 * Which of n grid points to keep: all, or `most` evenly spaced ones as numpy's
 * `linspace(0, n - 1, most, dtype=int)` chooses them: floor(i * step) in doubles, the last forced.
 * (floor(i * (n - 1) / (most - 1)) would differ by one here and there.)
 */
export function thinnedIndices(n: number, most: number): Float64Array {
  if (n <= most) return Float64Array.from({ length: n }, (_, i) => i);
  const step = (n - 1) / (most - 1);
  const indices = new Float64Array(most);
  for (let i = 0; i < most - 1; i++) indices[i] = Math.floor(i * step);
  indices[most - 1] = n - 1;
  return indices;
}

/** The text of k * 10^-decimals with exactly that many decimals; a negative zero keeps its sign. */
export function latticeText(k: number, decimals: number): string {
  const sign = k < 0 || Object.is(k, -0) ? '-' : '';
  const digits = String(Math.abs(k));
  if (decimals === 0) return sign + digits;
  const padded = digits.length > decimals ? digits : digits.padStart(decimals + 1, '0');
  const point = padded.length - decimals;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}
