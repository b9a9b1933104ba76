import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { buildTrie } from '../../../../src/core/targets/build-trie.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import { nodePrefix, prefixTargets } from '../../../../src/core/targets/prefix-targets.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';
import { characters, digitTriples, END } from './tokenizers.ts';

interface GoldenTarget {
  prefix: number[];
  next: number[];
  probs: number[];
}
interface GoldenTrie {
  num_prefixes: number;
  num_edges: number;
  prefixes_by_depth: number[];
  prefixes_with_eos_and_more: number;
  sum_squared_probs: number;
  sum_of_prefix_entropies: number;
  candidates: [number, string, number[]][];
  targets: GoldenTarget[];
}
interface Golden {
  items: {
    family: string;
    id: string;
    params: Record<string, number>;
    config: [number, number];
    n_values: number;
    values_sha256: string;
    char: GoldenTrie;
    triple: GoldenTrie;
  }[];
  hand_made: {
    name: string;
    values: string[];
    probabilities: number[];
    char: { num_prefixes: number; targets: GoldenTarget[] } | { error: string };
    triple: { num_prefixes: number; targets: GoldenTarget[] } | { error: string };
  }[];
}
const golden = readGolden<Golden>('tries');
const tokenizers = { char: characters, triple: digitTriples };
// A leaf's probability is a quotient of cdf differences; see the output-space test.
const probability = { relative: 1e-9, absolute: 1e-12 };

test('tries equal the reference: structure and order exactly, probabilities within 1e-9', () => {
  const compare = new Comparison();
  for (const item of golden.items) {
    const [decimals, bins] = item.config;
    const space = outputSpace(createDistribution(item.family, item.params), { decimals, bins });
    const sha256 = createHash('sha256').update(space.values.join('\n')).digest('hex');
    compare.exact(space.values.length, item.n_values, item.id);
    compare.exact(sha256, item.values_sha256, item.id);
    for (const name of ['char', 'triple'] as const) {
      const g = item[name];
      const where = `${item.id} ${name}`;
      const trie = buildTrie(space, tokenizers[name], END);
      compare.exact(trie.nodeCount, g.num_prefixes, where);
      compare.exact(trie.edgeToken.length, g.num_edges, where);
      const depths = new Array<number>(g.prefixes_by_depth.length).fill(0);
      trie.depth.forEach((depth) => depths[depth]!++);
      compare.exact(depths, g.prefixes_by_depth, where);

      const targets = prefixTargets(trie);
      const open = targets.filter((t) => t.next.length > 1 && t.next.includes(END)).length;
      compare.exact(open, g.prefixes_with_eos_and_more, where);
      const all = targets.flatMap((target) => target.probabilities);
      const sum = (f: (p: number) => number) => all.reduce((total, p) => total + f(p), 0);
      compare.number(
        sum((p) => p * p),
        g.sum_squared_probs,
        where,
      );
      compare.number(
        sum((p) => (p > 0 ? -p * Math.log(p) : 0)),
        g.sum_of_prefix_entropies,
        where,
      );
      for (const [index, text, ids] of g.candidates) {
        compare.exact(space.values[index], text, where);
        compare.exact(nodePrefix(trie, trie.answerNode[index]!), ids, where);
      }
      compareTargets(compare, targets, g.targets, where);
    }
  }
  expect(compare.count).toBe(4822);
});

/** The golden targets are some of all; hand-made ones are all of them, in order. */
function compareTargets(
  compare: Comparison,
  targets: ReturnType<typeof prefixTargets>,
  expected: GoldenTarget[],
  where: string,
) {
  const byPrefix = new Map(targets.map((target) => [String(target.prefix), target]));
  for (const { prefix, next, probs } of expected) {
    const target = byPrefix.get(String(prefix))!;
    compare.exact(target.next, next, `${where} ${String(prefix)}`);
    compare.numbers(target.probabilities, probs, `${where} ${String(prefix)}`, probability);
  }
}

test('hand-made spaces give all the targets of the reference, or an error where it divides by zero', () => {
  const compare = new Comparison();
  for (const { name, values, probabilities, char, triple } of golden.hand_made) {
    const space = { values, probabilities: Float64Array.from(probabilities) };
    for (const [g, encode] of [[char, characters] as const, [triple, digitTriples] as const]) {
      if ('error' in g) {
        compare.count++;
        expect(() => buildTrie(space, encode, END), name).toThrow(InputError);
        continue;
      }
      const targets = prefixTargets(buildTrie(space, encode, END));
      compare.exact(targets.length, g.num_prefixes, name);
      const prefixes = g.targets.map((target) => target.prefix);
      compare.exact(
        targets.map((target) => target.prefix),
        prefixes,
        name,
      );
      compareTargets(compare, targets, g.targets, name);
    }
  }
  expect(compare.count).toBe(66);
});
