// A hundred answers, drawn from what is known exactly: what a person would see by asking again and again.
import { randomStream } from '../../core/random.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import type { Frame } from './race.ts';

export const HUNDRED = 100;

/** Indices of answers; -1 is something else. @param name whose answers they are, for other luck than others' */
export function hundredOf(
  { probabilities, invalidMass }: Frame,
  seed: number,
  name: string,
): number[] {
  const random = randomStream(seed, 'a hundred', name);
  const draws = sampleAnswers([...probabilities, Math.max(0, invalidMass)], HUNDRED, random);
  return Array.from(draws, (answer) => (answer < probabilities.length ? answer : -1));
}
