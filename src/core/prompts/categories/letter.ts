// A letter of a stretch of the alphabet, one of which may be likelier than the others.
import { between, type Category } from './category.ts';

const STRETCHES = { trained: 'ABCDEFGHIJKLMNO', unseen: 'PQRSTUVWXYZ' } as const;

export const letter: Category = {
  id: 'letter',
  title: 'a letter of the alphabet',
  role: 'train',
  question(random, material) {
    const alphabet = STRETCHES[material];
    const count = between(3, 8, random);
    const first = random.integer(alphabet.length - count + 1);
    const letters = [...alphabet.slice(first, first + count)];
    const favourite = letters[random.integer(count)]!;
    const weight = between(1, 4, random);
    const how =
      weight === 1
        ? 'all equally likely'
        : `${favourite} ${weight} times as likely as each of the others`;
    return {
      prompt: `Pick a random letter from ${letters[0]} to ${letters.at(-1)}, ${how}. Output ONLY the letter.`,
      answers: letters.map((value) => ({ value, weight: value === favourite ? weight : 1 })),
    };
  },
};
