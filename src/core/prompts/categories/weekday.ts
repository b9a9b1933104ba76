// A day of the week, those of the weekend likelier or not. Held out.
import { between, type Category } from './category.ts';

const WORKING = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];
const WEEKEND = ['Saturday', 'Sunday'];

export const weekday: Category = {
  id: 'weekday',
  title: 'a day of the week',
  role: 'held_out',
  question(random) {
    const days = [...WORKING, ...WEEKEND];
    const favoured = random.integer(2) === 0 ? WEEKEND : [days[random.integer(days.length)]!];
    const weight = between(1, 9, random);
    const whose = favoured.length === 1 ? favoured[0] : 'each day of the weekend';
    const how =
      weight === 1
        ? 'every day equally likely'
        : `${whose} ${weight} times as likely as any other day`;
    return {
      prompt: `Pick a random day of the week, ${how}. Output ONLY the day.`,
      answers: days.map((value) => ({ value, weight: favoured.includes(value) ? weight : 1 })),
    };
  },
};
