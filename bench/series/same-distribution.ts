// Whether two samples of answers come from one distribution: the two-sample chi-square test.
import { chiSquareTail } from '../../src/core/scoring/chi-square.ts';

type Counts = Readonly<Record<string, number>>;

/** Expected counts below this make the test rough, so rarer answers are pooled. */
const LEAST_EXPECTED = 5;

/** @param a how often each answer was given in one sample @param b and in the other */
export function sameDistribution(a: Counts, b: Counts) {
  const total = (counts: Counts) => Object.values(counts).reduce((sum, n) => sum + n, 0);
  const [sizeA, sizeB] = [total(a), total(b)];
  const answers = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const pairs = answers.map((answer) => [a[answer] ?? 0, b[answer] ?? 0] as const);
  const share = Math.min(sizeA, sizeB) / (sizeA + sizeB);
  const common = pairs.filter(([x, y]) => (x + y) * share >= LEAST_EXPECTED);
  const rare = pairs.filter(([x, y]) => (x + y) * share < LEAST_EXPECTED);
  const pooled = rare.reduce(([p, q], [x, y]) => [p + x, q + y] as const, [0, 0] as const);
  const cells = pooled[0] + pooled[1] > 0 ? [...common, pooled] : common;
  const statistic = cells.reduce((sum, [x, y]) => {
    const expected = ((x + y) * sizeA) / (sizeA + sizeB);
    const other = x + y - expected;
    return sum + (x - expected) ** 2 / expected + (y - other) ** 2 / other;
  }, 0);
  const freedom = cells.length - 1;
  return {
    chi_square: statistic,
    degrees_of_freedom: freedom,
    p_value: freedom > 0 ? chiSquareTail(statistic, freedom) : null,
  };
}
