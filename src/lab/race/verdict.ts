// What a finished race says, in a sentence made from its figures.
import { countsOf } from '../../core/counts.ts';
import { laneOf } from './lane-of.ts';
import type { Race } from './race.ts';

/** Distances that differ by less, as whole per cents are read, are called equal. */
export const LEVEL = 0.005;

export interface RaceVerdict {
  /** Both distances and who is closer. */
  readonly sentence: string;
  /** Why it came out so. */
  readonly reason: string;
}

/** Where a lane stands: `10 %`. */
export const awayWords = (away: number): string => {
  const hundredths = away * 100;
  if (hundredths > 0 && hundredths < 1) return '< 1 %';
  return `${Math.round(hundredths)} %`;
};

/** Of the lanes `soft` and `hard`; undefined before both have been trained. */
export function verdictOf(race: Race): RaceVerdict | undefined {
  const [soft, hard] = [laneOf(race, 'soft'), laneOf(race, 'hard')];
  const [softAway, hardAway] = [soft?.frames.at(-1)?.away, hard?.frames.at(-1)?.away];
  if (!soft || !hard || softAway === undefined || hardAway === undefined) return undefined;
  const answers = hard.shown.reduce((sum, step) => sum + step.length, 0);
  const told = `Told the whole distribution, the model ends ${awayWords(softAway)} away`;
  const shown = `shown ${answers} sampled answers, ${awayWords(hardAway)} away`;
  const difference = hardAway - softAway;
  if (Math.abs(difference) < LEVEL) {
    return {
      sentence: `${told}; ${shown}. Neither is closer.`,
      reason: `${answers} draws say as much here as the distribution itself.`,
    };
  }
  if (difference > 0) {
    return {
      sentence: `${told}; ${shown}. Soft is closer.`,
      reason: `${answers} draws are noisy; a distribution is not.`,
    };
  }
  return {
    sentence: `${told}; ${shown}. Hard is closer.`,
    reason:
      'Enough draws speak for the distribution, and soft targets look at few of its branches a step.',
  };
}

/**
 * What a hundred answers of the untouched model were: how many different ones, and its favourite.
 * @param draws indices of answers; -1 is something else. @param values [answers]
 */
export function hundredWords(draws: readonly number[], values: readonly string[]): string {
  const counts = countsOf(draws);
  const invalid = counts.get(-1) ?? 0;
  counts.delete(-1);
  const [favourite] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!favourite || invalid > draws.length / 2) {
    return `a hundred answers: ${invalid} are none of what was asked for`;
  }
  const [answer, times] = favourite;
  const rest = invalid > 0 ? `; ${invalid} are no answer` : '';
  return `a hundred answers: ${counts.size} different, “${values[answer]}” ${times} times${rest}`;
}
