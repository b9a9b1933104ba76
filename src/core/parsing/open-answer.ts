// Answers to open prompts such as "Pick a random fruit": normalising and counting them.
import { countsOf } from '../counts.ts';
import { foldSpace, splitLines, strip } from './python-text.ts';
import { stripThinkingTags } from './thinking.ts';

/**
 * The first line that is not empty, without thinking traces, one pair of straight quotes, and extra space.
 * @example
 * import { normalizeOpenAnswer } from 'calibration-lab/scoring';
 *
 * normalizeOpenAnswer('<think>hm</think>\n"dragon  fruit"\nbecause …'); // => "dragon fruit"
 */
export function normalizeOpenAnswer(output: string): string {
  const line = splitLines(stripThinkingTags(output)).map(strip).find(Boolean) ?? '';
  const quoted = /^(["'])(.*)\1$/su.exec(line);
  return foldSpace(quoted ? quoted[2]! : line);
}

/** How many different answers there are. */
export interface UniqueAnswers {
  readonly unique: number;
  /** Of all answers, the empty ones included; 0 if there are none. */
  readonly uniqueFraction: number;
  /** In order of first appearance; empty answers are not counted. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Counts normalised answers.
 * @example
 * import { countUnique } from 'calibration-lab/scoring';
 *
 * countUnique(['apple', 'plum', 'apple', '']).unique; // => 2
 * countUnique(['apple', 'plum', 'apple', '']).uniqueFraction; // => 0.5
 */
export function countUnique(answers: readonly string[]): UniqueAnswers {
  const counts = countsOf(answers.filter((answer) => answer !== ''));
  const uniqueFraction = answers.length === 0 ? 0 : counts.size / answers.length;
  return { unique: counts.size, uniqueFraction, counts };
}
