// How much of a run is done, by what its stages usually take beside each other.
import type { RunStage } from '../../lab/state/stages.ts';

export const STAGE_WEIGHTS: Readonly<Record<RunStage['kind'], number>> = {
  load: 1,
  train: 5,
  score: 1.5,
  evaluate: 3,
};

/** 0 … 1 */
export function runShare(stages: readonly RunStage[]): number {
  const sum = (share: (stage: RunStage) => number) =>
    stages.reduce((all, stage) => all + STAGE_WEIGHTS[stage.kind] * share(stage), 0);
  return sum(({ done }) => done) / sum(() => 1);
}

/** `12 %` */
export const runPercent = (stages: readonly RunStage[]): string =>
  `${Math.floor(runShare(stages) * 100)} %`;
