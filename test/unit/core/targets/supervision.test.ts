import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import { sequenceCalibrationLoss } from '../../../support/losses.ts';
import { cutSupervision, cutTrie } from '../../../../src/core/targets/cut.ts';
import { mergePaths } from '../../../../src/core/targets/merge-paths.ts';
import { softTargets, wholeTrieTargets } from '../../../../src/core/targets/node-targets.ts';
import { nodePrefix, prefixTargets } from '../../../../src/core/targets/prefix-targets.ts';
import { sampleAnswers } from '../../../../src/core/targets/sample-answers.ts';
import { targetEntropy, type Supervision } from '../../../../src/core/targets/supervision.ts';
import { answers, characterTrie } from './arbitrary.ts';
import { characters, END } from './tokenizers.ts';
import { hardTargets } from '../../../support/hard-targets.ts';

const VOCABULARY = 13;

/** Logits of a made-up model: any function of the prefix will do. */
function logitsAfter(prefix: readonly number[]): number[] {
  const random = randomStream(7, 'logits', ...prefix);
  return Array.from({ length: VOCABULARY }, () => 2 * random.normal());
}

function logProbabilities(prefix: readonly number[]): number[] {
  const logits = logitsAfter(prefix);
  const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - total);
}

/** Sum over nodes of weight * cross-entropy. */
function weightedLoss(supervision: Supervision): number {
  let total = 0;
  for (let node = 0; node < supervision.nodeCount; node++) {
    const log = logProbabilities(nodePrefix(supervision, node));
    for (let i = supervision.targetStart[node]!; i < supervision.targetStart[node + 1]!; i++) {
      total -=
        supervision.weight[node]! *
        supervision.targetProbability[i]! *
        log[supervision.targetToken[i]!]!;
    }
  }
  return total;
}

function checkShape(supervision: Supervision) {
  for (let node = 0; node < supervision.nodeCount; node++) {
    expect(supervision.parent[node]).toBeLessThan(Math.max(node, 0) || 0);
    const targets = supervision.targetProbability.subarray(
      supervision.targetStart[node],
      supervision.targetStart[node + 1],
    );
    const sum = targets.reduce((a, b) => a + b, 0);
    if (supervision.weight[node]! > 0) expect(sum).toBeCloseTo(1, 12);
    else expect(targets).toHaveLength(0);
  }
}

const drawn = fc.tuple(answers, fc.integer(), fc.integer({ min: 1, max: 20 }));
const draw = (probabilities: Float64Array, seed: number, count: number) =>
  sampleAnswers(probabilities, count, randomStream(seed, 'answers'));
const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(expected)));

test('soft targets give the reference loss: the mean over paths of the mean over steps', () => {
  fc.assert(
    fc.property(drawn, ([space, seed, count]) => {
      const trie = characterTrie(space);
      const sampled = draw(space.probabilities, seed, count);
      const soft = softTargets(trie, sampled);
      checkShape(soft);
      const targets = new Map(prefixTargets(trie).map((t) => [String(t.prefix), t]));
      let reference = 0;
      for (const answer of sampled) {
        const ids = characters(space.values[answer]!);
        const prefixes = [...ids.map((_, i) => ids.slice(0, i)), ids];
        reference += sequenceCalibrationLoss(
          prefixes.map(logitsAfter),
          prefixes.map((prefix) => {
            const { next, probabilities } = targets.get(String(prefix))!;
            return { tokens: next, probabilities };
          }),
        ).loss;
      }
      close((weightedLoss(soft) - targetEntropy(soft)) / soft.normalizer, reference / count);
    }),
    { numRuns: 40 },
  );
});

test('hard targets give the mean token cross-entropy of all answers, end tokens included', () => {
  fc.assert(
    fc.property(drawn, ([space, seed, count]) => {
      const sampled = draw(space.probabilities, seed, count);
      const hard = hardTargets(characterTrie(space), sampled);
      checkShape(hard);
      let [sum, tokens] = [0, 0];
      for (const answer of sampled) {
        const ids = [...characters(space.values[answer]!), END];
        ids.forEach((id, i) => (sum -= logProbabilities(ids.slice(0, i))[id]!));
        tokens += ids.length;
      }
      expect(hard.normalizer).toBe(tokens);
      close(weightedLoss(hard), sum);
    }),
    { numRuns: 40 },
  );
});

test('the whole trie gives the expected loss of an answer, that is entropy plus KL', () => {
  fc.assert(
    fc.property(answers, (space) => {
      const whole = wholeTrieTargets(characterTrie(space));
      checkShape(whole);
      let expected = 0;
      space.values.forEach((value, answer) => {
        const ids = [...characters(value), END];
        ids.forEach((id, i) => {
          expected -= space.probabilities[answer]! * logProbabilities(ids.slice(0, i))[id]!;
        });
      });
      // The clamp moves targets below 1e-8; these probabilities are far above it.
      expect(weightedLoss(whole) / whole.normalizer).toBeCloseTo(expected, 9);
    }),
    { numRuns: 40 },
  );
});

test('a trunk with branches counts the trunk once', () => {
  const trunk = [1, 2, 3];
  const supervision = mergePaths([
    { tokens: trunk },
    { tokens: [...trunk, 4, 5], from: trunk.length },
    { tokens: [...trunk, 4, 6], from: trunk.length, weight: 2 },
    { tokens: [...trunk, 7], from: trunk.length },
  ]);
  checkShape(supervision);
  expect([...supervision.parent]).toEqual([-1, 0, 1, 2, 3]);
  expect([...supervision.weight]).toEqual([1, 1, 1, 4, 3]);
  expect([...supervision.targetToken]).toEqual([1, 2, 3, 4, 7, 5, 6]);
  expect([...supervision.targetProbability]).toEqual([1, 1, 1, 3 / 4, 1 / 4, 1 / 3, 2 / 3]);
  expect(supervision.normalizer).toBe(3 + 2 + 4 + 1);
});

test('a long document is one path, however deep', () => {
  const tokens = Array.from({ length: 100_000 }, (_, i) => i % 50);
  const supervision = mergePaths([{ tokens }]);
  expect(supervision.nodeCount).toBe(tokens.length);
  expect(supervision.targetToken).toEqual(Int32Array.from(tokens));
});

test('pieces of a supervision have the loss of the whole and fit', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 0, max: 20 }), ([space, seed, count], spare) => {
      const soft = softTargets(characterTrie(space), draw(space.probabilities, seed, count));
      const maxSlots = soft.depth.reduce((a, b) => Math.max(a, b)) + spare;
      const pieces = cutSupervision(soft, maxSlots);
      pieces.forEach(checkShape);
      for (const piece of pieces) expect(piece.nodeCount - 1).toBeLessThanOrEqual(maxSlots);
      const sum = (of: (piece: Supervision) => number) =>
        pieces.reduce((total, piece) => total + of(piece), 0);
      close(sum(weightedLoss), weightedLoss(soft));
      close(sum(targetEntropy), targetEntropy(soft));
      expect(sum((piece) => piece.normalizer)).toBe(soft.normalizer);
    }),
    { numRuns: 40 },
  );
});

test('pieces of a trie own every node once', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 0, max: 20 }), (space, spare) => {
      const trie = characterTrie(space);
      const maxSlots = trie.depth.reduce((a, b) => Math.max(a, b)) + spare;
      const owned = cutTrie(trie, maxSlots).flatMap((piece) => {
        const prefixes = Array.from(piece.node, (_, slot) => nodePrefix(piece, slot));
        piece.node.forEach((node, slot) => expect(prefixes[slot]).toEqual(nodePrefix(trie, node)));
        return Array.from(piece.node).filter((_, slot) => !piece.repeated[slot]);
      });
      expect(owned).toEqual(Array.from({ length: trie.nodeCount }, (_, node) => node));
    }),
    { numRuns: 40 },
  );
  const deep = { nodeCount: 3, parent: [-1, 0, 1], token: [-1, 5, 6], depth: [0, 1, 2] };
  const shape = {
    nodeCount: 3,
    parent: Int32Array.from(deep.parent),
    token: Int32Array.from(deep.token),
    depth: Int32Array.from(deep.depth),
  };
  expect(() => cutTrie(shape, 1)).toThrow('cannot hold a trie');
});
