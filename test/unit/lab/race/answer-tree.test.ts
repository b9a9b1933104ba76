// The tree in hand: the target's branches are those of `lab targets --full`, the models' those of the exact score.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import { nodePrefix, prefixTargets } from '../../../../src/core/targets/prefix-targets.ts';
import {
  type AnswerTree,
  beginning,
  branchesOf,
  drawAnswer,
  toldAlong,
  answerTree,
  wayTo,
} from '../../../../src/lab/race/answer-tree.ts';
import type { Race } from '../../../../src/lab/race/race.ts';
import { readRace } from '../../../../src/lab/race/race-file.ts';

const file = new URL('../../../../public/races/beta.json', import.meta.url);
let race: Race;
let tree: AnswerTree;
beforeAll(async () => {
  race = readRace(JSON.parse(await readFile(file, 'utf8')));
  tree = answerTree(race.target);
});

test('every node has the next tokens and probabilities of the full targets', () => {
  const { trie, tokens } = tree;
  const full = new Map(prefixTargets(trie).map((one) => [one.prefix.join(' '), one]));
  for (let node = 0; node < trie.nodeCount; node++) {
    const { next, probabilities } = full.get(nodePrefix(trie, node).join(' '))!;
    const branches = branchesOf(tree, node, []);
    expect(branches.map(({ target }) => target)).toEqual(probabilities);
    expect(branches.map(({ text }) => text)).toEqual(
      next.map((id) => (id === tokens.end ? '' : tokens.texts[id])),
    );
  }
});

test('a model’s branches multiply to its exact answers', () => {
  const frame = race.lanes[0]!.frames[20]!;
  tree.values.forEach((value, answer) => {
    let probability = 1;
    let node = 0;
    for (const { node: next } of wayTo(tree, tree.trie.answerNode[answer]!)) {
      probability *= branchesOf(tree, node, [frame]).find(({ child }) => child === next)!
        .models[0]!;
      node = next;
    }
    expect(beginning(tree, node)).toBe(value);
    const end = branchesOf(tree, node, [frame]).find(
      ({ edge }) => edge === tree.trie.answerEdge[answer],
    );
    expect(probability * end!.models[0]!).toBeCloseTo(frame.probabilities[answer]!, 12);
  });
});

test('along a drawn answer soft targets say everything, hard targets its own tokens', () => {
  const answer = drawAnswer(tree, randomStream(3, 'a test'));
  const told = toldAlong(tree, answer);
  expect(told.map(({ hard }) => hard).join('')).toBe(tree.values[answer]);
  expect(told.at(-1)!.hard).toBe('');
  for (const { soft } of told) {
    expect(soft.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  }
});
