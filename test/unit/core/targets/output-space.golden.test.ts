import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { thinnedIndices } from '../../../../src/core/targets/lattice.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import type { OutputSpace, OutputSpaceSettings } from '../../../../src/core/targets/space.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

type Row = [index: number, text: string, probability: number];
interface GoldenSpace {
  n: number;
  lower_bound: number;
  upper_bound: number;
  sum: number;
  entropy: number;
  max_prob: number;
  argmax: number;
  zero_probs: number;
  mean: number;
  second_moment: number;
  values_sha256: string;
  rows?: Row[];
  first?: Row[];
  spaced?: Row[];
  last?: Row[];
}
interface Spec {
  family: string;
  id: string;
  params: Record<string, number>;
}
interface Golden {
  items: (Spec & {
    spaces: ((GoldenSpace & { same_as_first?: undefined }) | { same_as_first: true })[] &
      {
        config: [number, number];
      }[];
  })[];
  edge_cases: (Spec &
    GoldenSpace & {
      name: string;
      config: {
        num_decimals: number;
        max_bins: number;
        quantile_low: number;
        quantile_high: number;
        tail_policy: OutputSpaceSettings['tailPolicy'];
      };
    })[];
  subsample_indices: {
    n: number;
    max_bins: number;
    sha256: string;
    differs_from_exact_floor: [number, number][];
    sample: [number, number][];
  }[];
}
const golden = readGolden<Golden>('output_spaces');
const sha256 = (texts: Iterable<unknown>) =>
  createHash('sha256')
    .update([...texts].join('\n'))
    .digest('hex');

/**
 * A bin's probability is a difference of two cdf values near 1, so beside 1e-9 of itself it carries
 * a few ulps of 1: the 4e-12 relative to which scipy's own cdf is good, for the smallest bins.
 */
const probability = { relative: 1e-9, absolute: 4e-15 };

function compareSpace(compare: Comparison, space: OutputSpace, g: GoldenSpace, where: string) {
  const { values, probabilities, numbers } = space;
  compare.exact(values.length, g.n, `${where} n`);
  compare.exact(sha256(values), g.values_sha256, `${where} values`);
  // Student's t: the reference's own quantiles are good to 5e-9 only.
  const quantile = { relative: where.startsWith('student_t') ? 1e-7 : 1e-8 };
  compare.number(space.lowerBound, g.lower_bound, `${where} lower bound`, quantile);
  compare.number(space.upperBound, g.upper_bound, `${where} upper bound`, quantile);
  const edge = where.startsWith('student_t') ? { relative: 1e-7 } : probability;
  for (const [index, text, p] of [g.rows, g.first, g.spaced, g.last].flatMap(
    (rows) => rows ?? [],
  )) {
    compare.exact(values[index], text, `${where} text ${index}`);
    const outermost = index === 0 || index === values.length - 1;
    compare.number(probabilities[index]!, p, `${where} p ${index}`, outermost ? edge : probability);
  }
  const sum = (of: (p: number, i: number) => number) =>
    probabilities.reduce((total, p, i) => total + of(p, i), 0);
  const largest = probabilities.reduce((a, b) => Math.max(a, b));
  compare.number(
    sum((p) => p),
    g.sum,
    `${where} sum`,
  );
  compare.number(
    sum((p) => (p > 0 ? -p * Math.log(p) : 0)),
    g.entropy,
    `${where} entropy`,
  );
  compare.number(largest, g.max_prob, `${where} largest`, edge);
  // Where two answers tie, rounding decides which comes first.
  compare.number(probabilities[g.argmax]!, largest, `${where} argmax`, { relative: 1e-12 });
  compare.exact(probabilities.filter((p) => p === 0).length, g.zero_probs, `${where} zeros`);
  const scale = { relative: 1e-9, absolute: 1e-9 * Math.sqrt(g.second_moment) };
  compare.number(
    sum((p, i) => p * numbers![i]!),
    g.mean,
    `${where} mean`,
    scale,
  );
  compare.number(
    sum((p, i) => p * numbers![i]! ** 2),
    g.second_moment,
    `${where} square`,
  );
}

test('output spaces equal the reference: texts exactly, probabilities within 1e-9', () => {
  const compare = new Comparison();
  for (const item of golden.items) {
    for (const g of item.spaces) {
      const [decimals, bins] = g.config;
      const expected = (
        g.same_as_first ? { ...item.spaces[0], config: g.config } : g
      ) as GoldenSpace;
      const space = outputSpace(createDistribution(item.family, item.params), { decimals, bins });
      compareSpace(compare, space, expected, `${item.id} ${g.config}`);
    }
  }
  expect(compare.count).toBe(6666);
});

test('unusual settings give what the reference gives', () => {
  const compare = new Comparison();
  for (const g of golden.edge_cases) {
    const { num_decimals, max_bins, quantile_low, quantile_high, tail_policy } = g.config;
    const space = outputSpace(createDistribution(g.family, g.params), {
      decimals: num_decimals,
      bins: max_bins,
      quantileLow: quantile_low,
      quantileHigh: quantile_high,
      tailPolicy: tail_policy,
      rules: 'paper',
    });
    compareSpace(compare, space, g, `${g.family} ${g.name}`);
  }
  expect(compare.count).toBe(603);
});

test('grids are thinned to the indices that numpy keeps', () => {
  for (const {
    n,
    max_bins,
    sha256: hash,
    differs_from_exact_floor,
    sample,
  } of golden.subsample_indices) {
    const indices = thinnedIndices(n, max_bins);
    expect(sha256(indices)).toBe(hash);
    const differing = Array.from(indices, (index, i) => [i, index]).filter(
      ([i, index]) => index !== Number((BigInt(i!) * BigInt(n - 1)) / BigInt(max_bins - 1)),
    );
    expect(differing).toEqual(differs_from_exact_floor);
    for (const [i, index] of sample) expect(indices[i]).toBe(index);
  }
});
