// The tries of a question: where each lane of each race ended, as the chart of all of them shows it.
import type { Lane, Race } from '../../lab/race/race.ts';

export interface Try {
  readonly method: Lane['arm']['method'];
  /** Sampled answers seen. */
  readonly answers: number;
  readonly away: number;
  readonly seed: number;
}

export const triesOf = ({ lanes, experiment: { seed } }: Race): Try[] =>
  lanes.map(({ arm, shown, frames }) => ({
    method: arm.method,
    answers: shown.reduce((sum, step) => sum + step.length, 0),
    away: frames.at(-1)?.away ?? 1,
    seed,
  }));
