// A baseline by prompting alone: the untouched model derives its answer from a string that it writes first.
import { defineAsking } from './method.ts';
import { seedOfThoughtPrompting as askedForSeed } from './seed-of-thought/prompting.ts';

export const seedOfThought = defineAsking({
  key: 'seed_of_thought',
  title: 'String Seed of Thought',
  note: 'Without training: ask the model to derive its answer from a random string. Sampled only.',
  name: 'seed of thought',
  settings: {},
  answering: {
    // Answers are reached over many strings: their probabilities are unknown.
    sampledOnly: true,
    asks(model) {
      // What the first token of such an answer is says nothing of the answer.
      const { logProbability, textLogProbability } = model;
      return { ...askedForSeed(model), logProbability, textLogProbability };
    },
  },
});
