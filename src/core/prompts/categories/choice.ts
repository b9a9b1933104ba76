// A choice between things of a kind, with chances in per cent.
import { between, type Category, listed, some, weighted } from './category.ts';

const THINGS = {
  trained: {
    drink: ['tea', 'coffee', 'water', 'juice', 'milk', 'soda'],
    fruit: ['apple', 'banana', 'cherry', 'grape', 'lemon', 'mango'],
    animal: ['cat', 'dog', 'horse', 'bird', 'fish', 'mouse'],
    sport: ['tennis', 'golf', 'soccer', 'hockey', 'rugby', 'boxing'],
  },
  unseen: {
    city: ['Paris', 'London', 'Rome', 'Tokyo', 'Cairo', 'Lima'],
    instrument: ['piano', 'guitar', 'violin', 'drum', 'flute', 'harp'],
    vegetable: ['carrot', 'onion', 'potato', 'pea', 'corn', 'leek'],
  },
} as const;

/** Chances are multiples of it: whole numbers are read more easily. */
const STEP = 5;

export const choice: Category = {
  id: 'choice',
  title: 'a choice with chances in per cent',
  role: 'train',
  question(random, material) {
    const kinds: [string, readonly string[]][] = Object.entries(THINGS[material]);
    const [kind, things] = kinds[random.integer(kinds.length)]!;
    const names = some(things, between(2, 5, random), random);
    const answers = percentages(names.length, random).map((weight, i) => {
      return { value: names[i]!, weight };
    });
    const chances = listed(answers.map(({ value, weight }) => `${value} with ${weight}%`));
    return {
      prompt: `Choose one ${kind} at random: ${chances}. Output ONLY the ${kind}.`,
      answers,
    };
  },
};

/** [count] multiples of five that sum to 100, each at least one step. */
function percentages(count: number, random: Parameters<Category['question']>[0]): number[] {
  const weights = weighted(Array<string>(count).fill(''), 9, random).map(({ weight }) => weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const steps = 100 / STEP;
  const rounded = weights.map((weight) => Math.max(1, Math.floor((weight / total) * steps)));
  const rest = steps - rounded.reduce((a, b) => a + b, 0);
  const largest = rounded.indexOf(Math.max(...rounded));
  return rounded.map((each, i) => (each + (i === largest ? rest : 0)) * STEP);
}
