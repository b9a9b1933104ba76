// Lesson 3: soft and hard targets differ in noise alone.
import { laneOf } from '../race/lane-of.ts';
import type { Race } from '../race/race.ts';
import { LEVEL, verdictOf } from '../race/verdict.ts';
import { defineLesson } from './lesson.ts';

export const noise = defineLesson<Race>({
  title: 'Soft and hard differ in noise alone',
  shows: 'both see the same drawn answers; one is told the probabilities along them',
  runs: 'one race',
  words:
    'Two copies of the model learn in turns. At each step one answer is drawn from the distribution, the same ' +
    'for both. One copy is shown that answer, its tokens and nothing else: hard targets. The other walks the ' +
    'same path through the tree, but at each branch it is told how often every token should come next: soft ' +
    'targets. On average both are told the same.',
  question: 'Which copy ends closer to the distribution?',
  options: [
    { key: 'soft', label: 'the one told the whole distribution (soft)' },
    { key: 'hard', label: 'the one shown single answers (hard)' },
    { key: 'level', label: 'neither: on average they are told the same' },
  ],
  run: (bench, experiment) => bench.race(experiment),
  reveal(race) {
    const away = (method: 'soft' | 'hard') => laneOf(race, method)!.frames.at(-1)!.away;
    const difference = away('hard') - away('soft');
    const { sentence, reason } = verdictOf(race)!;
    return {
      right: Math.abs(difference) < LEVEL ? 'level' : difference > 0 ? 'soft' : 'hard',
      sentences: [
        sentence,
        `${reason} With more answers a step the noise of hard targets averages out: the next lesson.`,
      ],
      race,
    };
  },
});
