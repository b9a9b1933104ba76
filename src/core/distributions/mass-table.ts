// Probability tables of integer families that are known by the ratio of neighbouring masses.
import { InputError } from '../errors.ts';

interface MassTable {
  /** P(X = k) for low <= k <= high. */
  mass(k: number): number;
  /** P(X <= k) for low <= k <= high, precise relative to the smaller tail. */
  cdf(k: number): number;
}

const LARGEST_TABLE = 4_000_000;

/**
 * @param parameter the parameter that stretches the support
 * @throws InputError where a family would need a table that does not fit memory comfortably
 */
export function checkTableSize(family: string, parameter: string, size: number): void {
  if (size <= LARGEST_TABLE) return;
  throw new InputError(
    `${family}: with this ${parameter} it spreads over ${size} values`,
    `choose a smaller ${parameter}; at most ${LARGEST_TABLE} values can be handled`,
    `params.${parameter}`,
  );
}

/**
 * Tabulates masses on low..high from ratio(k) = P(k + 1) / P(k), outward from a likely value and
 * normalised by their sum: all terms are positive, so nothing cancels, down to 1e-300.
 */
export function massTable(
  low: number,
  high: number,
  likely: number,
  ratio: (k: number) => number,
): MassTable {
  const size = high - low + 1;
  const mass = new Float64Array(size);
  const centre = Math.min(high, Math.max(low, likely)) - low;
  mass[centre] = 1;
  for (let i = centre + 1; i < size; i += 1) mass[i] = mass[i - 1]! * ratio(low + i - 1);
  for (let i = centre - 1; i >= 0; i -= 1) mass[i] = mass[i + 1]! / ratio(low + i);

  // Cumulative sums from both ends, so that each tail keeps its own precision.
  const lower = new Float64Array(size);
  const upper = new Float64Array(size + 1);
  for (let i = 0, sum = 0; i < size; i += 1) lower[i] = sum += mass[i]!;
  for (let i = size - 1, sum = 0; i >= 0; i -= 1) upper[i] = sum += mass[i]!;
  const total = lower[centre]! + upper[centre + 1]!;

  return {
    mass: (k) => mass[k - low]! / total,
    cdf(k) {
      const below = lower[k - low]!;
      return below < 0.5 * total ? below / total : 1 - upper[k - low + 1]! / total;
    },
  };
}
