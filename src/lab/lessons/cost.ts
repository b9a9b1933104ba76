// Lesson 6: what teaching a distribution costs: sums that the model could do before.
import type { SumsEvent } from '../events.ts';
import type { Race } from '../race/race.ts';
import { awayWords } from '../race/verdict.ts';
import { defineLesson, optionOf, ranges } from './lesson.ts';
import SHIPPED from './shipped-study.json' with { type: 'json' };

interface Measured {
  readonly race: Race;
  readonly sums: Readonly<Record<string, SumsEvent['sums']>>;
}

const MOST = 100;
const OPTIONS = ranges(
  [
    ['few', 49],
    ['some', 89],
    ['nearly', MOST],
  ],
  ' %',
);
const right = (sums: SumsEvent['sums']) =>
  sums.filter(({ correct }) => correct).length / sums.length;

export const cost = defineLesson<Measured>({
  title: 'What does it cost?',
  shows: 'sums that the model could do before',
  runs: 'one race, and sums for each of three models',
  words:
    'Before its lesson the model can add. Its lesson has no sums in it, only random answers, and every step ' +
    'moves numbers that sums need as well. We teach it by soft and by hard targets, then ask all three for ' +
    'the same sums.',
  question: 'How many of the sums does the model still do after soft targets?',
  options: OPTIONS,
  amount: { most: MOST, words: (percent) => `${percent} %` },
  async run(bench, experiment) {
    const race = await bench.race(experiment);
    return { race, sums: await bench.sums(race) };
  },
  reveal({ race, sums }) {
    const [base, soft, hard] = [sums.base!, sums.soft!, sums.hard!];
    const kept = right(soft);
    // As it is shown: what reads 90 % counts as such.
    const percent = Math.round(kept * 100);
    const lost = soft.find(({ correct }, i) => !correct && base[i]!.correct);
    return {
      right: optionOf(OPTIONS, percent),
      measured: percent,
      sentences: [
        `Of ${base.length} sums the untouched model does ${awayWords(right(base))}, after soft targets ` +
          `${awayWords(kept)}, after hard ones ${awayWords(right(hard))}.`,
        lost
          ? `“${lost.prompt}” it now answers “${lost.answer}”.`
          : 'It lost none that it could do before.',
        `${SHIPPED.model}, taught ${SHIPPED.families} families, did ${awayWords(SHIPPED.sums.base)} of other sums ` +
          `before, ${awayWords(SHIPPED.sums.soft)} after soft targets and ${awayWords(SHIPPED.sums.hard)} after hard ones.`,
        'Studies of the lab can anchor a model to its own earlier answers, which keeps more of them.',
      ],
      race,
    };
  },
});
