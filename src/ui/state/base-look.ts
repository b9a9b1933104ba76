// What the untouched model answers to one prompt, as the smallest study that says so.
import { BASE_ARM } from '../../methods/names.ts';
import type { SnapshotEvent, StudyEvent, TargetEvent } from '../../lab/events.ts';
import type { Experiment, ExperimentInput } from '../../lab/experiment/experiment.ts';

/** One prompt, with how its answers are cut. */
export interface PreviewData {
  readonly data: Pick<Experiment['data'], 'decimals' | 'bins'> &
    Partial<Pick<Experiment['data'], 'distribution' | 'choices' | 'prompt'>>;
  readonly training: Pick<Experiment['training'], 'preset'>;
}

/** The target as the model's tokenizer cuts it, and the model's answers. */
export interface BaseLook {
  readonly target: TargetEvent;
  readonly snapshot: SnapshotEvent;
}

/** What is asked of which model. */
export type BaseQuestion = Pick<Experiment, 'model' | 'weights'> & PreviewData;

/** Collects a look from the events of its study. */
export class BaseLooking {
  readonly experiment: ExperimentInput;
  #target: TargetEvent | undefined;
  #snapshot: SnapshotEvent | undefined;

  constructor(asked: BaseQuestion) {
    this.experiment = {
      ...asked,
      arms: [BASE_ARM],
      evaluation: { splits: ['train'] },
    };
  }

  add(event: StudyEvent): void {
    if (event.type === 'target') this.#target = event;
    if (event.type === 'snapshot') this.#snapshot = event;
  }

  /** Null where the study was cut short. */
  get result(): BaseLook | null {
    const [target, snapshot] = [this.#target, this.#snapshot];
    return target && snapshot ? { target, snapshot } : null;
  }
}
