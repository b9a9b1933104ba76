// The events of a study, put together from what it works with.
import type { CheckpointEvent, PhaseEvent, SnapshotEvent, TargetEvent } from '../events.ts';
import type { ArmState, Measured } from './study-context.ts';
import type { TimeLeft } from './study-clock.ts';
import type { Task } from './study-tasks.ts';

export function phaseEvent(
  phase: PhaseEvent['phase'],
  done: number,
  total: number,
  unit: PhaseEvent['unit'],
  arm?: string,
  left: TimeLeft = {},
): PhaseEvent {
  return {
    type: 'phase',
    phase,
    done,
    total,
    unit,
    ...(arm !== undefined && { arm }),
    ...left,
  };
}

/** @param inTurns of a race, whose trie is looked at, too */
export function targetEvent({ split, task }: Measured, inTurns = false): TargetEvent {
  const { prompt, space } = task;
  return {
    type: 'target',
    id: prompt.id,
    split,
    family: prompt.family,
    prompt: prompt.text,
    kind: prompt.kind,
    values: space.values,
    probabilities: [...space.probabilities],
    ...(inTurns && { tokens: task.answerTokens() }),
  };
}

/** @param inTurns of a race, whose trie is looked at, too */
export function snapshotEvent(
  arm: string,
  step: number,
  { prompt }: Task,
  {
    probabilities,
    invalidMass,
    edges,
  }: Required<Pick<SnapshotEvent, 'probabilities' | 'invalidMass' | 'edges'>>,
  inTurns = false,
): SnapshotEvent {
  return {
    type: 'snapshot',
    arm,
    id: prompt.id,
    step,
    probabilities,
    invalidMass,
    ...(inTurns && { edges }),
  };
}

export function checkpointEvent(arm: string, step: number, state: ArmState): CheckpointEvent {
  return { type: 'checkpoint', checkpoint: { arm, step, state } };
}
