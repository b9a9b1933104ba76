// A wheel of fortune with equal sectors, several of which may say the same. Held out.
import { between, type Category, listed, some, weighted } from './category.ts';

const SAYINGS = ['win', 'lose', 'again', 'pass', 'bonus', 'stop'] as const;

export const wheel: Category = {
  id: 'wheel',
  title: 'a wheel of fortune',
  role: 'held_out',
  question(random) {
    const answers = weighted(some(SAYINGS, between(2, 4, random), random), 6, random);
    const sectors = answers.reduce((sum, { weight }) => sum + weight, 0);
    const saying = listed(answers.map(({ value, weight }) => `${weight} say ${value}`));
    return {
      prompt: `A wheel has ${sectors} equal sectors: ${saying}. Spin it once. Output ONLY what it says.`,
      answers,
    };
  },
};
