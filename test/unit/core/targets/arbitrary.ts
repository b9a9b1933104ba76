// Random output spaces and models for property tests.
import fc from '../../../support/fast-check.ts';
import { buildTrie } from '../../../../src/core/targets/build-trie.ts';
import type { Trie } from '../../../../src/core/targets/trie.ts';
import { randomStream } from '../../../../src/core/random.ts';
import { characters, END } from './tokenizers.ts';

export interface Answers {
  values: string[];
  numbers: Float64Array;
  probabilities: Float64Array;
}

/** Distinct ascending decimal numbers with positive probabilities that sum to 1. */
export const answers: fc.Arbitrary<Answers> = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: -3000, max: 3000 }), fc.double({ min: 1e-6, max: 1, noNaN: true })),
    {
      minLength: 1,
      maxLength: 60,
      selector: ([k]) => k,
    },
  )
  .map((entries) => {
    const sorted = entries.sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
    return {
      // Some without decimals, so that an answer may be the beginning of another.
      values: sorted.map(([k]) => (k % 10 === 0 ? String(k / 10) : (k / 10).toFixed(1))),
      numbers: Float64Array.from(sorted, ([k]) => k / 10),
      probabilities: Float64Array.from(sorted, ([, weight]) => weight / total),
    };
  });

export const characterTrie = (space: Answers): Trie => buildTrie(space, characters, END);

/** Log probabilities of a model that puts `share` of every node's mass on its edges, unevenly. */
export function randomModel(trie: Trie, seed: number, share: number): Float64Array {
  const random = randomStream(seed, 'model');
  const log = new Float64Array(trie.edgeToken.length);
  for (let node = 0; node < trie.nodeCount; node++) {
    const [first, end] = [trie.edgeStart[node]!, trie.edgeStart[node + 1]!];
    const weights = Array.from({ length: end - first }, () => Math.exp(2 * random.normal()));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, i) => (log[first + i] = Math.log((weight / total) * share)));
  }
  return log;
}
