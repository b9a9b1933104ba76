// What the events of a run add up to: the one fold that the page, the store, the results, the
// comparison and a replay read.
import type {
  EvaluationRow,
  PhaseEvent,
  ReportEvent,
  SnapshotEvent,
  StepEvent,
  StudyEvent,
  TargetEvent,
  WarningEvent,
} from '../events.ts';
import type { Arm, Experiment } from '../experiment/experiment.ts';
import { Growing } from './growing.ts';
import { type Segment, withSegment } from './segments.ts';
import { advance, type RunStage, stagesOf } from './stages.ts';

export interface RunState {
  readonly experiment: Experiment;
  /** In the order of time; none before the backend is known. */
  readonly segments: readonly Segment[];
  /** What the study is doing; null before it began and once it is done. */
  readonly phase: PhaseEvent | null;
  readonly stages: readonly RunStage[];
  /** In the experiment's order; behind them arms that only the events know. */
  readonly arms: readonly ArmProgress[];
  readonly targets: readonly WatchedTarget[];
  readonly warnings: readonly WarningEvent[];
  /** How long the whole study took, once it is done. */
  readonly seconds: number | null;
}

export interface ArmProgress {
  readonly name: string;
  readonly method: Arm['method'] | 'unknown';
  /** The last report of its training. */
  readonly last: StepEvent | null;
  /** Wherever the loss was read back, in nats. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  /** Steps before it was ready for its own targets, where there were any. */
  readonly warmUp?: number;
  readonly rows: readonly EvaluationRow[];
  /** Of further evaluations, by their name; the last of a name counts. */
  readonly reports: ReadonlyMap<ReportEvent['name'], unknown>;
}

/** A prompt that is watched, with each arm's answers at every moment they were looked at. */
export interface WatchedTarget extends TargetEvent {
  /** By arm. */
  readonly snapshots: Readonly<Record<string, readonly SnapshotEvent[]>>;
}

export interface FoldOptions {
  /**
   * Of the answers: all (the default), or for one prompt of every family and split each arm's last
   * ones, which are few enough for any study.
   */
  readonly answers?: 'all' | 'last';
}

/** The state after these events, of a run that is complete or not. */
export function runState(
  experiment: Experiment,
  events: Iterable<StudyEvent>,
  options?: FoldOptions,
): RunState {
  const fold = new RunFold(experiment, options);
  for (const event of events) fold.add(event);
  return fold.state;
}

/** The fold event by event; an event costs the same however many came before it. */
export class RunFold {
  readonly #arms: Map<string, ArmFold>;
  readonly #targets = new Map<string, TargetFold>();
  readonly #watched = new Set<string>();
  readonly #warnings = new Growing<WarningEvent>();
  #segments: readonly Segment[] = [];
  #phase: PhaseEvent | null = null;
  #stages: readonly RunStage[];
  #seconds: number | null = null;

  constructor(
    readonly experiment: Experiment,
    private readonly options: FoldOptions = {},
  ) {
    this.#stages = stagesOf(experiment);
    this.#arms = new Map(experiment.arms.map((arm) => [arm.name, new ArmFold(arm)]));
  }

  add(event: StudyEvent): this {
    this.#stages = advance(this.#stages, event);
    switch (event.type) {
      case 'environment':
        this.#segments = withSegment(this.#segments, event);
        break;
      case 'phase':
        this.#phase = event;
        break;
      case 'step':
        this.#arm(event.arm).step(event);
        break;
      case 'row':
        this.#arm(event.row.arm).rows.push(this.#placed(event.row));
        break;
      case 'report':
        this.#arm(event.arm).report(event);
        break;
      case 'target':
        this.#watch(event);
        break;
      case 'snapshot':
        this.#targets.get(event.id)?.add(event, this.options.answers === 'last');
        break;
      case 'warning':
        this.#warnings.push(event);
        break;
      case 'done':
        this.#phase = null;
        this.#seconds = event.seconds;
        break;
    }
    return this;
  }

  /** A value that later events leave as it is. */
  get state(): RunState {
    return {
      experiment: this.experiment,
      segments: this.#segments,
      phase: this.#phase,
      stages: this.#stages,
      arms: [...this.#arms.values()].map((arm) => arm.state),
      targets: [...this.#targets.values()].map((target) => target.state),
      warnings: this.#warnings.items,
      seconds: this.#seconds,
    };
  }

  #arm(name: string): ArmFold {
    let arm = this.#arms.get(name);
    if (!arm) this.#arms.set(name, (arm = new ArmFold({ name, method: 'unknown' })));
    return arm;
  }

  /** A row names its segment from the second one on. */
  #placed(row: EvaluationRow): EvaluationRow {
    const segment = this.#segments.length - 1;
    return segment > 0 ? { ...row, segment } : row;
  }

  #watch(target: TargetEvent): void {
    if (this.#targets.has(target.id)) return;
    const kind = JSON.stringify([target.split, target.family]);
    if (this.options.answers === 'last' && this.#watched.has(kind)) return;
    this.#watched.add(kind);
    this.#targets.set(target.id, new TargetFold(target));
  }
}

class ArmFold {
  #last: StepEvent | null = null;
  #warmUp: number | undefined;
  readonly #losses = new Growing<ArmProgress['losses'][number]>();
  #reports: ArmProgress['reports'] = new Map();
  readonly rows = new Growing<EvaluationRow>();

  constructor(private readonly about: Pick<ArmProgress, 'name' | 'method'>) {}

  step(event: StepEvent): void {
    const { step, loss } = event;
    this.#last = event;
    if (event.warmUp !== undefined) this.#warmUp = step;
    if (loss !== null) this.#losses.push({ step, loss });
  }

  report({ name, report }: ReportEvent): void {
    this.#reports = new Map(this.#reports).set(name, report);
  }

  get state(): ArmProgress {
    const { name, method } = this.about;
    return {
      ...{ name, method, last: this.#last, losses: this.#losses.items },
      ...{ rows: this.rows.items, reports: this.#reports },
      ...(this.#warmUp !== undefined && { warmUp: this.#warmUp }),
    };
  }
}

class TargetFold {
  readonly #snapshots = new Map<string, Growing<SnapshotEvent>>();
  #state: WatchedTarget | undefined;

  constructor(private readonly target: TargetEvent) {}

  add(event: SnapshotEvent, onlyLast: boolean): void {
    let ofArm = this.#snapshots.get(event.arm);
    if (!ofArm) this.#snapshots.set(event.arm, (ofArm = new Growing()));
    if (onlyLast) ofArm.replaceAll(event);
    else ofArm.push(event);
    this.#state = undefined;
  }

  get state(): WatchedTarget {
    const snapshots = () => [...this.#snapshots].map(([arm, { items }]) => [arm, items] as const);
    return (this.#state ??= { ...this.target, snapshots: Object.fromEntries(snapshots()) });
  }
}

/** Every exact score, arm by arm. */
export const rowsOf = ({ arms }: Pick<RunState, 'arms'>): EvaluationRow[] =>
  arms.flatMap(({ rows }) => rows);

/** An arm's last answers to a prompt. */
export const lastAnswers = (
  { snapshots }: WatchedTarget,
  arm: string,
): SnapshotEvent | undefined =>
  Object.hasOwn(snapshots, arm) ? snapshots[arm]!.at(-1) : undefined;
