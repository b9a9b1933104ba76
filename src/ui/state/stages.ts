// The parts of a run that the progress bar shows, each with its own real total.
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment.ts';

export interface Stage {
  readonly kind: 'load' | 'train' | 'score';
  /** Absent where the stage serves all arms. */
  readonly arm?: string;
  /** 0 … 1. */
  readonly done: number;
}

/** Load, then train and score each arm. */
export function stagesOf({ arms }: Experiment): Stage[] {
  const stages: Stage[] = [{ kind: 'load', done: 0 }];
  for (const { name, method } of arms) {
    if (method !== 'none') stages.push({ kind: 'train', arm: name, done: 0 });
    stages.push({ kind: 'score', arm: name, done: 0 });
  }
  return stages;
}

/** A stage that has begun completes all stages before it; nothing ever goes backwards. */
export function advance(stages: readonly Stage[], event: StudyEvent): readonly Stage[] {
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

function placeOf(stages: readonly Stage[], event: StudyEvent) {
  const find = (kind: Stage['kind'], arm?: string) =>
    stages.findIndex((stage) => stage.kind === kind && stage.arm === arm);
  if (event.type === 'step')
    return { index: find('train', event.arm), done: event.step / event.steps };
  if (event.type !== 'phase') return undefined;
  const done = event.total > 0 ? Math.min(1, event.done / event.total) : 0;
  switch (event.phase) {
    case 'loading':
      return { index: find('load'), done };
    case 'training':
      return { index: find('train', event.arm), done };
    case 'scoring':
    case 'sampling':
      return { index: find('score', event.arm), done };
    default:
      // Compiling and preparing count for the stage that they belong to only once that moves.
      return undefined;
  }
}
