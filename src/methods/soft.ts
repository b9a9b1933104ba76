// Soft targets: at every prefix of an answer, the exact distribution of the next token.
import * as v from 'valibot';
import { softTargets, wholeTrieTargets } from '../core/targets/node-targets.ts';
import { sampleAnswers } from '../core/targets/sample-answers.ts';
import { defineMethod } from './method.ts';
import { ANSWERS, paths, pathsField } from './answers.ts';

export const soft = defineMethod({
  key: 'soft',
  title: 'Soft targets',
  note: 'At every prefix of an answer, learn the exact distribution of the next token.',
  name: 'soft',
  isDefault: true,
  look: { color: 'var(--soft)', dash: 'none' },
  settings: {
    /** Answer paths sampled per prompt and step; `trie` takes them all. */
    paths: v.optional(paths(), ANSWERS),
  },
  fields: [pathsField],
  training: {
    loss: 'kl',
    paper: { decimals: 5, bins: 1001, visits: 3 },
    answers: (settings, preset) => preset ?? settings.paths,
    batch: async (prompts, _, random, { answers }) => ({
      supervision: prompts.map(({ trie, space }, place) =>
        answers === 'trie'
          ? wholeTrieTargets(trie)
          : softTargets(trie, sampleAnswers(space.probabilities, answers, random(place))),
      ),
    }),
  },
});
