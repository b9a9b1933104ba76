// A baseline by prompting alone: the untouched model judges proposed answers until one is accepted.
import { defineAsking } from './method.ts';
import { verbalisedRejectionPrompting as judged } from './verbalised-rejection/prompting.ts';

export const verbalisedRejection = defineAsking({
  key: 'verbalised_rejection',
  title: 'Verbalised rejection',
  note: 'Without training: propose answers and let the model accept or reject each. Sampled only.',
  name: 'verbalised rejection',
  settings: {},
  answering: {
    // How often an answer is accepted depends on how often all others are.
    sampledOnly: true,
    asks(model, _, answersTo) {
      const { greedy, logProbability, textLogProbability } = model;
      return { ...judged(model, answersTo), greedy, logProbability, textLogProbability };
    },
  },
});
