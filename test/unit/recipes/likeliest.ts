// A method of arms as someone would add it: every prompt teaches its likeliest answer.
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import { defineMethod } from '../../../src/methods/method.ts';

export const likeliest = defineMethod({
  key: 'likeliest',
  title: 'Likeliest answer',
  note: 'Learn the likeliest answer and no other.',
  name: 'likeliest',
  settings: {},
  training: {
    loss: 'cross-entropy',
    paper: { decimals: 2, bins: 1001, visits: 1 },
    answers: () => 1,
    batch: async (prompts) => ({
      supervision: prompts.map((prompt) => {
        const { probabilities } = prompt.space;
        const most = probabilities.indexOf(Math.max(...probabilities));
        return mergePaths([{ tokens: prompt.path(most) }]);
      }),
    }),
  },
});
