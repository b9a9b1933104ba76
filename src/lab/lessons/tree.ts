// Lesson 2: a distribution of answers is a tree of next tokens.
import { exactScores } from '../../core/scoring/exact.ts';
import { beginning, branchesOf, answerTree } from '../race/answer-tree.ts';
import type { Race } from '../race/race.ts';
import { awayWords } from '../race/verdict.ts';
import { defineLesson, firstNotBelow } from './lesson.ts';

export const tree = defineLesson<Race>({
  title: 'A distribution is a tree',
  shows: 'answers are paths of tokens; at which token the model loses most',
  runs: 'the same look',
  words:
    'A model writes an answer token by token: first one digit, then the next. All answers together are a ' +
    'tree (a trie), and the distribution says at each of its branches how often each token should come next. ' +
    'A model that is right at every branch is right about every answer. We look where the untouched model ' +
    'loses most: at the first token, or later.',
  question: 'At which token of an answer is the untouched model most wrong?',
  options: [
    { key: 'first', label: 'the first' },
    { key: 'second', label: 'the second' },
    { key: 'third', label: 'the third' },
    { key: 'later', label: 'a later one' },
  ],
  async run(bench, experiment) {
    return bench.race({ ...experiment, arms: [{ name: 'base', method: 'none' }] });
  },
  reveal(race) {
    const answers = answerTree(race.target);
    const { trie } = answers;
    const frame = race.base!;
    const space = { probabilities: Float64Array.from(race.target.probabilities), numbers: null };
    const { klByDepth, kl } = exactScores(trie, space, frame.edges!);
    const worst = klByDepth.indexOf(Math.max(...klByDepth));
    // Where most answers pass, of that depth.
    const nodes = Array.from(trie.mass.keys()).filter((node) => trie.depth[node] === worst);
    const busiest = nodes.reduce((a, b) => (trie.mass[b]! > trie.mass[a]! ? b : a));
    const branches = branchesOf(answers, busiest, [frame]);
    const favourite = branches.reduce((a, b) => (b.models[0]! > a.models[0]! ? b : a));
    const name = favourite.text === '' ? 'the end' : `“${favourite.text}”`;
    const after = beginning(answers, busiest);
    return {
      right: firstNotBelow(worst, [
        ['first', 0],
        ['second', 1],
        ['third', 2],
        ['later', Infinity],
      ]),
      sentences: [
        `Of the ${kl.toFixed(1)} nats that it loses in all (the KL divergence), ` +
          `${klByDepth[worst]!.toFixed(1)} are lost at token ${worst + 1}.`,
        `After ${after === '' ? 'the prompt' : `“${after}”`} it writes ${name} with probability ` +
          `${favourite.models[0]!.toFixed(2)}; the distribution asks for ${favourite.target.toFixed(2)}.`,
        `All ${trie.nodeCount} places of the tree together, ${awayWords(frame.away)} of its answers would have to change.`,
      ],
      race,
    };
  },
});
