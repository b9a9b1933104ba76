import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { buildTrie } from '../../../../src/core/targets/build-trie.ts';
import { nodePrefix, prefixTargets } from '../../../../src/core/targets/prefix-targets.ts';
import { answers, characterTrie } from './arbitrary.ts';
import { characters, END } from './tokenizers.ts';

test('child probabilities sum to 1 and a node has the mass of the answers below it', () => {
  fc.assert(
    fc.property(answers, (space) => {
      const trie = characterTrie(space);
      const below = new Float64Array(trie.nodeCount);
      trie.answerNode.forEach((end, answer) => {
        for (let node = end; node >= 0; node = trie.parent[node]!) {
          below[node]! += space.probabilities[answer]!;
        }
      });
      for (let node = 0; node < trie.nodeCount; node++) {
        expect(below[node]! / trie.mass[node]!).toBeCloseTo(1, 12);
        let total = 0;
        for (let e = trie.edgeStart[node]!; e < trie.edgeStart[node + 1]!; e++) {
          total += trie.edgeProbability[e]!;
        }
        expect(total).toBeCloseTo(1, 12);
      }
    }),
  );
});

test('the trie holds exactly the prefixes of the answers, depth first', () => {
  fc.assert(
    fc.property(answers, (space) => {
      const trie = characterTrie(space);
      const expected = new Set(
        space.values.flatMap((value) => {
          const ids = characters(value);
          return ids.map((_, i) => String(ids.slice(0, i))).concat(String(ids));
        }),
      );
      const prefixes = Array.from({ length: trie.nodeCount }, (_, node) => nodePrefix(trie, node));
      expect(new Set(prefixes.map(String))).toEqual(expected);
      expect(prefixes).toHaveLength(expected.size);
      for (let node = 1; node < trie.nodeCount; node++) {
        expect(trie.parent[node]).toBeLessThan(node);
        expect(trie.depth[node]).toBe(prefixes[node]!.length);
        // Depth-first: the node hangs off the previous node or one of its ancestors.
        const before = prefixes[node - 1]!;
        expect(before.slice(0, trie.depth[node]! - 1)).toEqual(prefixes[node]!.slice(0, -1));
      }
      space.values.forEach((value, answer) => {
        expect(nodePrefix(trie, trie.answerNode[answer]!)).toEqual(characters(value));
        expect(trie.edgeAnswer[trie.answerEdge[answer]!]).toBe(answer);
        expect(trie.edgeToken[trie.answerEdge[answer]!]).toBe(END);
      });
    }),
  );
});

test('prefix targets come in the order of a dictionary filled answer by answer', () => {
  fc.assert(
    fc.property(answers, (space) => {
      const order = new Map<string, number[]>();
      for (const value of space.values) {
        const ids = characters(value);
        for (let i = 0; i <= ids.length; i++) order.set(String(ids.slice(0, i)), ids.slice(0, i));
      }
      expect(prefixTargets(characterTrie(space)).map((t) => t.prefix)).toEqual([...order.values()]);
    }),
  );
});

test.each([
  ['the same tokens', ['a', 'b'], () => [1]],
  ['no tokens', ['a'], () => []],
  ['the end token inside', ['a'], () => [1, END]],
])('answers with %s are refused', (_, values, encode) => {
  const probabilities = new Float64Array(values.length).fill(1 / values.length);
  expect(() => buildTrie({ values, probabilities }, encode, END)).toThrow(InputError);
});

test('T5: thousands of answers, each the beginning of the next, take no recursion', () => {
  const count = 4000;
  const values = Array.from({ length: count }, (_, i) => '1'.repeat(i + 1));
  const probabilities = new Float64Array(count).fill(1 / count);
  const trie = buildTrie({ values, probabilities }, characters, END);
  expect(trie.nodeCount).toBe(count + 1);
  expect(trie.depth.at(-1)).toBe(count);
  expect(trie.edgeProbability[1]).toBeCloseTo(1 / count, 12);
});
