// What a study's events add up to for the eye. Each event makes a new view; old parts are shared.
import type {
  Environment,
  EvaluationRow,
  PhaseEvent,
  ReportEvent,
  SnapshotEvent,
  StepEvent,
  StudyEvent,
  TargetEvent,
  WarningEvent,
} from '../../lab/events.ts';
import type { Arm, Experiment } from '../../lab/experiment/experiment.ts';
import { advance, type Stage, stagesOf } from './stages.ts';

/** One arm's training so far. */
export interface ArmView {
  readonly name: string;
  readonly method: Arm['method'];
  readonly last: StepEvent | null;
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
}

/** A prompt that is watched, with every arm's answers at every moment they were looked at. */
export interface TargetView extends TargetEvent {
  readonly snapshots: Readonly<Record<string, readonly SnapshotEvent[]>>;
}

export interface RunView {
  readonly environment: Environment | null;
  readonly phase: PhaseEvent | null;
  readonly stages: readonly Stage[];
  readonly arms: readonly ArmView[];
  readonly targets: readonly TargetView[];
  readonly rows: readonly EvaluationRow[];
  /** Of further evaluations. */
  readonly reports: readonly ReportEvent[];
  readonly warnings: readonly WarningEvent[];
  /** How long the whole study took, once it is done. */
  readonly seconds: number | null;
}

export function emptyView(experiment: Experiment): RunView {
  return {
    environment: null,
    phase: null,
    stages: stagesOf(experiment),
    arms: experiment.arms.map(({ name, method }) => ({ name, method, last: null, losses: [] })),
    targets: [],
    rows: [],
    reports: [],
    warnings: [],
    seconds: null,
  };
}

export function addEvent(view: RunView, event: StudyEvent): RunView {
  const stages = advance(view.stages, event);
  switch (event.type) {
    case 'environment':
      return { ...view, stages, environment: event.environment };
    case 'phase':
      return { ...view, stages, phase: event };
    case 'step':
      return { ...view, stages, arms: view.arms.map((arm) => withStep(arm, event)) };
    case 'target':
      return view.targets.some(({ id }) => id === event.id)
        ? view
        : { ...view, stages, targets: [...view.targets, { ...event, snapshots: {} }] };
    case 'snapshot':
      return { ...view, stages, targets: view.targets.map((t) => withSnapshot(t, event)) };
    case 'row':
      return { ...view, stages, rows: [...view.rows, event.row] };
    case 'report':
      return { ...view, stages, reports: [...view.reports, event] };
    case 'warning':
      return { ...view, warnings: [...view.warnings, event] };
    case 'done':
      return { ...view, stages, phase: null, seconds: event.seconds };
    default:
      return view;
  }
}

function withStep(arm: ArmView, event: StepEvent): ArmView {
  if (arm.name !== event.arm) return arm;
  const { step, loss } = event;
  const losses = loss === null ? arm.losses : [...arm.losses, { step, loss }];
  return { ...arm, last: event, losses };
}

function withSnapshot(target: TargetView, event: SnapshotEvent): TargetView {
  if (target.id !== event.id) return target;
  const before = target.snapshots[event.arm] ?? [];
  return { ...target, snapshots: { ...target.snapshots, [event.arm]: [...before, event] } };
}
