// A word of a list, as likely as the number beside it says.
import { between, type Category, some, weighted } from './category.ts';

const WORDS = {
  trained: [
    ...[
      'river',
      'stone',
      'cloud',
      'garden',
      'window',
      'music',
      'winter',
      'bread',
      'paper',
      'light',
    ],
    ...[
      'forest',
      'table',
      'story',
      'ocean',
      'silver',
      'engine',
      'market',
      'letter',
      'summer',
      'glass',
    ],
  ],
  unseen: ['bridge', 'candle', 'island', 'mirror', 'pocket', 'ribbon', 'shadow', 'valley', 'wheat'],
} as const;

export const word: Category = {
  id: 'word',
  title: 'a word of a weighted list',
  role: 'train',
  question(random, material) {
    const answers = weighted(some(WORDS[material], between(3, 6, random), random), 9, random);
    const list = answers.map(({ value, weight }) => `${value} ${weight}`).join(', ');
    return {
      prompt:
        `Say one word of this list at random, each as often as its number says: ${list}. ` +
        'Output ONLY the word.',
      answers,
    };
  },
};
