import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { exactScores, referenceLogitKl } from '../../../../src/core/scoring/exact.ts';
import { wassersteinBetween } from '../../../../src/core/scoring/moments.ts';
import { answers, characterTrie, randomModel, type Answers } from '../targets/arbitrary.ts';

const share = fc.double({ min: 0.01, max: 1, noNaN: true });
const perfect = (space: Answers) => characterTrie(space).edgeProbability.map(Math.log);

test('KL by nodes is KL by answers, at least 0, and TV and JS stay in their ranges', () => {
  fc.assert(
    fc.property(answers, fc.integer(), share, (space, seed, mass) => {
      const trie = characterTrie(space);
      const scores = exactScores(trie, space, randomModel(trie, seed, mass));
      const q = scores.answerProbabilities;
      const byAnswers = space.probabilities.reduce((sum, p, a) => sum + p * Math.log(p / q[a]!), 0);
      expect(scores.kl).toBeGreaterThanOrEqual(0);
      expect(Math.abs(scores.kl - byAnswers)).toBeLessThan(1e-10 * (1 + byAnswers));
      expect(scores.tv).toBeGreaterThanOrEqual(0);
      expect(scores.tv).toBeLessThanOrEqual(1);
      expect(scores.js).toBeGreaterThanOrEqual(0);
      expect(scores.js).toBeLessThanOrEqual(Math.LN2);
      expect(scores.tv).toBeGreaterThanOrEqual(scores.invalidMass / 2);
      expect(scores.validMass + scores.invalidMass).toBeCloseTo(1, 12);
      // Pinsker: TV^2 <= KL / 2.
      expect(scores.tv ** 2).toBeLessThanOrEqual(scores.kl / 2 + 1e-12);
    }),
  );
});

test('an answer has the product of the probabilities along its path', () => {
  fc.assert(
    fc.property(answers, fc.integer(), share, (space, seed, mass) => {
      const trie = characterTrie(space);
      const log = randomModel(trie, seed, mass);
      const { answerProbabilities } = exactScores(trie, space, log);
      trie.answerEdge.forEach((last, answer) => {
        let product = Math.exp(log[last]!);
        for (let node = trie.answerNode[answer]!; node > 0; node = trie.parent[node]!) {
          product *= Math.exp(log[trie.edgeChild.indexOf(node)]!);
        }
        expect(answerProbabilities[answer]! / product).toBeCloseTo(1, 10);
      });
    }),
  );
});

test('KL by depth is the chain rule over the prefixes of the answers', () => {
  fc.assert(
    fc.property(answers, fc.integer(), share, (space, seed, mass) => {
      const trie = characterTrie(space);
      const log = randomModel(trie, seed, mass);
      const { kl, klByDepth } = exactScores(trie, space, log);
      // Along every answer, weighted by its probability: what each of its tokens is off by.
      const byDepth = klByDepth.map(() => 0);
      trie.answerEdge.forEach((last, answer) => {
        let edge = last;
        for (let node = trie.answerNode[answer]!; node >= 0; node = trie.parent[node]!) {
          byDepth[trie.depth[node]!]! +=
            space.probabilities[answer]! * (Math.log(trie.edgeProbability[edge]!) - log[edge]!);
          edge = trie.edgeChild.indexOf(node);
        }
      });
      klByDepth.forEach((nats, depth) => {
        expect(Math.abs(nats - byDepth[depth]!)).toBeLessThan(1e-10 * (1 + kl));
      });
    }),
  );
});

test('a model that agrees scores 0 everywhere, and only that', () => {
  fc.assert(
    fc.property(answers, fc.double({ min: 1e-3, max: 1, noNaN: true }), (space, shift) => {
      const trie = characterTrie(space);
      const same = exactScores(trie, space, perfect(space));
      for (const zero of [same.kl, same.tv, same.js, same.invalidMass, same.wasserstein1!]) {
        expect(zero).toBeCloseTo(0, 9);
      }
      const leaking = exactScores(
        trie,
        space,
        perfect(space).map((log, edge) => (edge === 0 ? log - shift : log)),
      );
      expect(leaking.kl).toBeGreaterThan(0);
      expect(leaking.tv).toBeGreaterThan(0);
    }),
  );
});

test('scores of a case worked by hand', () => {
  // Answers "1" and "2" at 1/2 each; the model says 1 with 1/4, 2 with 1/4, anything else with 1/2.
  const space = {
    values: ['1', '2'],
    numbers: Float64Array.of(1, 2),
    probabilities: Float64Array.of(0.5, 0.5),
  };
  const trie = characterTrie(space);
  const log = Float64Array.from(trie.edgeToken, (_, e) => (e < 2 ? Math.log(0.25) : 0));
  const scores = exactScores(trie, space, log);
  expect(scores.kl).toBeCloseTo(Math.LN2, 14);
  expect(scores.tv).toBeCloseTo(0.5, 14);
  expect(scores.validMass).toBeCloseTo(0.5, 14);
  expect(scores.entropy).toBeCloseTo(Math.LN2, 14);
  expect(scores.wasserstein1).toBeCloseTo(0, 14);
  const m = 0.375;
  const js = 0.5 * (Math.log(0.5 / m) + 0.5 * Math.log(0.25 / m) + 0.5 * Math.LN2);
  expect(scores.js).toBeCloseTo(js, 14);
  // One step at the root (KL log 2) and one certain step: the mean over steps halves it.
  expect(referenceLogitKl(trie, [0, 1, 1], log)).toBeCloseTo(Math.LN2 / 2, 7);
});

test('W1 between distributions on a line is the cost of moving mass', () => {
  expect(wassersteinBetween([0, 1, 5], [1, 0, 0], [0, 0, 1])).toBe(5);
  expect(wassersteinBetween([0, 1, 5], [0.5, 0.5, 0], [0, 0.5, 0.5])).toBe(2.5);
  expect(wassersteinBetween([3], [1], [1])).toBe(0);
});
