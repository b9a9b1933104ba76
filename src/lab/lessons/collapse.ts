// Lesson 1: asked again and again, a model says the same few things.
import { hundredOf } from '../race/hundred.ts';
import type { Race } from '../race/race.ts';
import { awayWords, hundredWords } from '../race/verdict.ts';
import { defineLesson, firstNotBelow } from './lesson.ts';

const FEW = 5;
const SOME = 25;

export const collapse = defineLesson<Race>({
  title: 'Models collapse',
  words:
    'A language model is asked for a random answer from a distribution, the grey shape. It could answer ' +
    'differently every time: each token is drawn by chance. We ask it a hundred times and let its answers ' +
    'fall onto the shape, a dot each.',
  question: 'How many different answers will it give?',
  options: [
    { key: 'few', label: `at most ${FEW}` },
    { key: 'some', label: `from ${FEW + 1} to ${SOME}` },
    { key: 'many', label: `more than ${SOME}` },
  ],
  async run(bench, experiment) {
    return bench.race({ ...experiment, arms: [{ name: 'base', method: 'none' }] });
  },
  reveal(race) {
    const { target, base, experiment } = race;
    const draws = hundredOf(base!, experiment.seed, 'base');
    const different = new Set(draws.filter((draw) => draw >= 0)).size;
    return {
      right: firstNotBelow(different, [
        ['few', FEW],
        ['some', SOME],
        ['many', Infinity],
      ]),
      sentences: [
        `It gave ${hundredWords(draws, target.values)}.`,
        `The distribution has ${target.values.length} answers. ${awayWords(base!.away)} of the model’s ` +
          'would have to change to follow it: that share is the total variation, or how far “away” it is.',
      ],
      race,
    };
  },
});
