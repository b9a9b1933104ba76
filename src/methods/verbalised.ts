// A baseline by prompting alone: the untouched model lists answers with probabilities, and one of them is drawn.
import * as v from 'valibot';
import { integer } from '../core/schema.ts';
import { defineAsking } from './method.ts';
import { verbalisedPrompting as askedForList } from './verbalised/prompting.ts';

export const verbalised = defineAsking({
  key: 'verbalised',
  title: 'Verbalised sampling',
  note: 'Without training: ask for several answers with their probabilities and draw one. Sampled only.',
  name: 'verbalised',
  settings: {
    /** Answers in a list; 5 as in the method's source. */
    responses: v.optional(integer(2, 20), 5),
  },
  fields: [
    { kind: 'number', key: 'responses', label: 'Answers in a list', step: 1, note: '2 to 20.' },
  ],
  answering: {
    // An answer is reached over many lists: its probability is unknown.
    sampledOnly: true,
    asks(model, { responses }) {
      const { logProbability, textLogProbability } = model;
      return { ...askedForList(model, responses), logProbability, textLogProbability };
    },
  },
});
