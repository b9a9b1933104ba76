// Hard targets: answers drawn from the distribution, as in ordinary fine-tuning.
import * as v from 'valibot';
import { integer } from '../core/schema.ts';
import { mergePaths } from '../core/targets/merge-paths.ts';
import { sampleAnswers } from '../core/targets/sample-answers.ts';
import { ANSWERS, MOST_ANSWERS } from './answers.ts';
import { defineMethod } from './method.ts';

export const hard = defineMethod({
  key: 'hard',
  title: 'Hard targets',
  note: 'Learn from answers drawn from the distribution, as in ordinary fine-tuning.',
  name: 'hard',
  isDefault: true,
  look: { color: 'var(--hard)', dash: '6 3' },
  settings: {
    /** Answers sampled per prompt and step. */
    answers: v.optional(integer(1, MOST_ANSWERS), ANSWERS),
  },
  fields: [{ kind: 'number', key: 'answers', label: 'Sampled answers per prompt', step: 1 }],
  training: {
    loss: 'cross-entropy',
    // Every one of the 16 answers was a row of its batch; here they are drawn afresh in the second epoch.
    paper: { decimals: 5, bins: 16_384, visits: 2 * 16 },
    answers: (settings, preset) => preset ?? settings.answers,
    batch: async (prompts, _, random, { answers }) => ({
      supervision: prompts.map((prompt, place) => {
        const drawn = sampleAnswers(prompt.space.probabilities, answers as number, random(place));
        return mergePaths(Array.from(drawn, (answer) => ({ tokens: prompt.path(answer) })));
      }),
    }),
  },
});
