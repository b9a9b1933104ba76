// A die: fair, or with one face that comes up more often.
import { between, type Category } from './category.ts';

const FACES = { trained: [4, 6, 8, 12], unseen: [5, 9, 10] } as const;

export const die: Category = {
  id: 'die',
  title: 'a die, fair or loaded',
  role: 'train',
  question(random, material) {
    const faces = FACES[material][random.integer(FACES[material].length)]!;
    const favourite = between(1, faces, random);
    const weight = between(1, 5, random);
    const answers = Array.from({ length: faces }, (_, i) => ({
      value: String(i + 1),
      weight: i + 1 === favourite ? weight : 1,
    }));
    const how =
      weight === 1
        ? 'every face is equally likely'
        : `${favourite} is ${weight} times as likely as any other face`;
    return {
      prompt: `Roll a die with faces 1 to ${faces}; ${how}. Output ONLY the face.`,
      answers,
    };
  },
};
