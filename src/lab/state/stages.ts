// The parts of a run that the progress bar shows, each with its own real total.
import type { EvaluationName } from '../../evaluation/names.ts';
import type { StudyEvent } from '../events.ts';
import { evaluationsOf, isScoredExactly } from '../study/arm-measures.ts';
import { type Experiment, isTrained } from '../experiment/experiment.ts';

export interface RunStage {
  readonly kind: 'load' | 'train' | 'score' | 'evaluate';
  /** Absent where the stage serves all arms. */
  readonly arm?: string;
  /** 0 … 1. */
  readonly done: number;
  /** What an evaluating stage consists of. */
  readonly evaluations?: readonly EvaluationName[];
}

/** Load, then train, score and evaluate each arm. */
export function stagesOf(experiment: Experiment): RunStage[] {
  const stages: RunStage[] = [{ kind: 'load', done: 0 }];
  for (const arm of experiment.arms) {
    const { name } = arm;
    // A stored run of another version may say nothing of them.
    const evaluations = experiment.evaluation ? evaluationsOf(experiment, arm) : [];
    if (isTrained(arm)) stages.push({ kind: 'train', arm: name, done: 0 });
    if (isScoredExactly(arm)) stages.push({ kind: 'score', arm: name, done: 0 });
    if (evaluations.length > 0) stages.push({ kind: 'evaluate', arm: name, done: 0, evaluations });
  }
  return stages;
}

/** A stage that has begun completes all stages before it; nothing ever goes backwards. */
export function advance(stages: readonly RunStage[], event: StudyEvent): readonly RunStage[] {
  if (event.type === 'done') return stages.map((stage) => ({ ...stage, done: 1 }));
  const reached = placeOf(stages, event);
  if (!reached || reached.index < 0) return stages;
  return stages.map((stage, i) =>
    i < reached.index
      ? { ...stage, done: 1 }
      : i === reached.index
        ? { ...stage, done: Math.max(stage.done, reached.done) }
        : stage,
  );
}

function placeOf(stages: readonly RunStage[], event: StudyEvent) {
  const find = (kind: RunStage['kind'], arm?: string) =>
    stages.findIndex((stage) => stage.kind === kind && stage.arm === arm);
  if (event.type === 'step')
    return { index: find('train', event.arm), done: shareOf(event.step, event.steps) };
  if (event.type !== 'phase') return undefined;
  const done = shareOf(event.done, event.total);
  switch (event.phase) {
    case 'loading':
      return { index: find('load'), done };
    case 'training':
      return { index: find('train', event.arm), done };
    case 'scoring':
      return { index: find('score', event.arm), done };
    case 'evaluating': {
      const index = find('evaluate', event.arm);
      const names = stages[index]?.evaluations ?? [];
      const before = names.indexOf(event.evaluation!);
      return { index, done: (before + done) / names.length };
    }
    default:
      // Compiling, preparing and searching count for the stage that they belong to only once that moves.
      return undefined;
  }
}

/** Nothing where the total is nothing, or a stored event of another version does not say it. */
const shareOf = (done: number, total: number) => (total > 0 ? Math.min(1, done / total) : 0);
