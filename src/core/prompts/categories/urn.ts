// An urn with balls of several colors.
import { between, type Category, listed, some, weighted } from './category.ts';

const COLORS = {
  trained: ['red', 'blue', 'green', 'white', 'black', 'yellow'],
  unseen: ['orange', 'purple', 'brown', 'pink', 'gray'],
} as const;

export const urn: Category = {
  id: 'urn',
  title: 'a ball from an urn',
  role: 'train',
  question(random, material) {
    const answers = weighted(some(COLORS[material], between(2, 4, random), random), 9, random);
    const balls = listed(answers.map(({ value, weight }) => `${weight} ${value}`));
    return {
      prompt: `An urn holds ${balls} balls. Draw one at random. Output ONLY its color.`,
      answers,
    };
  },
};
