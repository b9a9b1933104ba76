// Lesson 1: asked again and again, a model says the same few things.
import { HUNDRED, hundredOf } from '../race/hundred.ts';
import type { Race } from '../race/race.ts';
import { awayWords, hundredWords } from '../race/verdict.ts';
import { defineLesson, optionOf, ranges } from './lesson.ts';

const OPTIONS = ranges([
  ['few', 5],
  ['some', 25],
  ['many', HUNDRED],
]);

export const collapse = defineLesson<Race>({
  title: 'Models collapse',
  shows: 'a hundred answers of the untouched model fall on a few values',
  runs: 'one look at the model, a second or two',
  words:
    'A language model is asked for a random answer from a distribution, the grey shape. It could answer ' +
    'differently every time: each token is drawn by chance. We ask it a hundred times and let its answers ' +
    'fall onto the shape, a dot each.',
  question: 'How many different answers will it give?',
  options: OPTIONS,
  amount: { most: HUNDRED, words: (n) => `${n} different ${n === 1 ? 'answer' : 'answers'}` },
  async run(bench, experiment) {
    return bench.race({ ...experiment, arms: [{ name: 'base', method: 'none' }] });
  },
  reveal(race) {
    const { target, base, experiment } = race;
    const draws = hundredOf(base!, experiment.seed, 'base');
    const different = new Set(draws.filter((draw) => draw >= 0)).size;
    return {
      right: optionOf(OPTIONS, different),
      measured: different,
      sentences: [
        `It gave ${hundredWords(draws, target.values)}.`,
        `The distribution has ${target.values.length} answers. ${awayWords(base!.away)} of the model’s ` +
          'would have to change to follow it: that share is the total variation, or how far “away” it is.',
      ],
      race,
    };
  },
});
