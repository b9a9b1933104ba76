// Lesson 4: how many sampled answers a step make up for the distribution.
import type { Race } from '../race/race.ts';
import { awayWords } from '../race/verdict.ts';
import { defineLesson, optionOf } from './lesson.ts';

const COUNTS = [1, 4, 16];
const MOST = COUNTS.at(-1)!;
/** As far as the bar goes: what lies beyond the counts is one answer. */
const BEYOND = 1.5 * MOST;
const OPTIONS = [
  ...COUNTS.map((count, i) => ({
    key: String(count),
    label: i === 0 ? String(count) : `${COUNTS[i - 1]! + 1} to ${count}`,
    upTo: count,
  })),
  { key: 'more', label: `more than ${MOST}`, upTo: BEYOND },
];
/** Distances that differ by no more count as the same: two seeds differ by more. */
const AS_CLOSE = 0.02;

export const answers = defineLesson<Race>({
  title: 'How many answers does hard need?',
  shows: `${COUNTS.slice(0, -1).join(', ')} and ${MOST} drawn answers a step beside one path of soft targets`,
  runs: 'a race of four, twice as long',
  words:
    'A single drawn answer is a noisy hint; several a step are a better one. We train a copy told the whole ' +
    'distribution along one path, and copies shown more and more drawn answers a step, with the same number ' +
    'of steps.',
  question: 'How many answers a step does hard need to end as close as soft?',
  options: OPTIONS,
  amount: {
    most: BEYOND,
    words: (count) => (count > MOST ? `more than ${MOST}` : `${Math.max(1, count)} a step`),
  },
  run(bench, experiment) {
    const arms = COUNTS.map((count) => ({
      name: `hard ${count}`,
      method: 'hard' as const,
      answers: count,
    }));
    const soft = { name: 'soft', method: 'soft' as const, paths: 1 };
    return bench.race({ ...experiment, arms: [{ name: 'base', method: 'none' }, soft, ...arms] });
  },
  reveal(race) {
    const end = (name: string) => race.lanes.find(({ arm }) => arm.name === name)!.frames.at(-1)!;
    const soft = end('soft').away;
    const enough = COUNTS.find((count) => end(`hard ${count}`).away <= soft + AS_CLOSE);
    const ends = COUNTS.map((count) => `${awayWords(end(`hard ${count}`).away)} with ${count}`);
    const measured = enough ?? BEYOND;
    return {
      right: optionOf(OPTIONS, measured),
      measured,
      sentences: [
        `Soft ended ${awayWords(soft)} away; hard ${ends.join(', ')} answers a step.`,
        enough === undefined
          ? `Even ${MOST} drawn answers a step say less than one path of the distribution.`
          : `${enough} ${enough === 1 ? 'answer' : 'answers'} a step came within ${awayWords(AS_CLOSE)} of it: ` +
            `one path of soft targets was worth ${enough} drawn ${enough === 1 ? 'answer' : 'answers'} here.`,
      ],
      race,
    };
  },
});
