// A random order of a few options, every order equally likely.
import { between, type Category, listed, some } from './category.ts';

const OPTIONS = { trained: 'ABCDEFGH', unseen: 'KLMNPRST' } as const;

export const order: Category = {
  id: 'order',
  title: 'a random order of options',
  role: 'train',
  question(random, material) {
    const options = some([...OPTIONS[material]], between(2, 4, random), random).sort();
    return {
      prompt:
        `Put ${listed(options)} in a random order, every order equally likely. ` +
        'Output ONLY the letters, without spaces.',
      answers: orders(options).map((value) => ({ value, weight: 1 })),
    };
  },
};

/** Of at most four options: 24 orders. */
function orders(options: readonly string[]): string[] {
  let all = [''];
  for (let length = 0; length < options.length; length++) {
    all = all.flatMap((start) =>
      options.filter((option) => !start.includes(option)).map((option) => start + option),
    );
  }
  return all;
}
