// Spearman's rank correlation: whether two lists of numbers have the same order.

/**
 * Pearson's correlation of the ranks, equal numbers sharing the mean of theirs: 1 for the same order,
 * -1 for the opposite one. Null where either list has no order, because all its numbers are equal.
 * @param x and `y` have the same length
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const [a, b] = [centredRanks(x), centredRanks(y)];
  const [xx, yy] = [dot(a, a), dot(b, b)];
  if (xx === 0 || yy === 0) return null;
  return Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(xx * yy)));
}

/** [values] ranks from 1 on, less their mean: multiples of a half, so that sums of them are exact. */
function centredRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - order.length) / 2;
    from = to;
  }
  return ranks;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
