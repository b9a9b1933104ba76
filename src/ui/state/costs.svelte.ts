// What an experiment will take on this machine: memory by its model, time by a few steps of its arms.
import type { ModelSummary, PlannedEffort } from '../../lab/contract.ts';
import type { PhaseEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { ModelClient } from '../../lab/models/model-client.ts';
import { StepTimes } from '../../lab/plan/step-times.ts';
import type { Racing } from '../stage/racing.ts';

/** By arm, in seconds; null where it is not known. */
export type ArmSeconds = Readonly<Record<string, number | null>>;

export class Costs {
  /** Of the model of the experiment; null before it is known. */
  summary = $state.raw<ModelSummary | null>(null);
  measuring = $state(false);
  /** What measuring is at. */
  phase = $state.raw<PhaseEvent | null>(null);
  error = $state.raw<LabError | null>(null);
  #seconds = $state.raw<{ readonly of: string; readonly arms: ArmSeconds } | null>(null);
  #looked = '';

  constructor(
    private readonly worker: Pick<Racing, 'race' | 'stopRace'>,
    private readonly models: Pick<ModelClient, 'summarise'>,
  ) {}

  /** Memory and size of a model that is at hand. */
  async look({
    model,
    weights: format = 'stored',
    training: { batch },
  }: Experiment): Promise<void> {
    const key = JSON.stringify([model, format, batch]);
    if (key === this.#looked) return;
    this.#looked = key;
    // What is wrong with a model is said where it is chosen.
    const summary = await this.models.summarise(model, { format, batch }).catch(() => null);
    if (key === this.#looked) this.summary = summary;
  }

  /** What was measured of this experiment; null for another one. */
  secondsOf(experiment: Experiment): ArmSeconds | null {
    return this.#seconds?.of === JSON.stringify(experiment) ? this.#seconds.arms : null;
  }

  /** Takes a few steps of every arm; a run that is started meanwhile ends it. */
  async measure(experiment: Experiment, efforts: readonly PlannedEffort[]): Promise<void> {
    if (this.measuring) return;
    this.measuring = true;
    this.error = null;
    const { seeds, ...once } = experiment;
    const times = new StepTimes(experiment);
    let stopping: Promise<void> | undefined;
    const one = { ...once, seed: seeds?.[0] ?? once.seed };
    try {
      const hear = (event: Parameters<StepTimes['hear']>[0]) => {
        times.hear(event, performance.now());
        if (event.type === 'phase') this.phase = event;
        // Not waited for: the worker waits for this to return.
        if (times.isEnough) stopping ??= this.worker.stopRace();
      };
      await this.worker.race(one as Experiment, hear, () => {});
      await stopping;
      const runs = seeds?.length ?? 1;
      const arms = Object.fromEntries(
        experiment.arms.map(({ name }) => {
          const steps = efforts.find(({ arm }) => arm === name)?.steps ?? 0;
          const seconds = times.secondsOf(name, steps);
          return [name, seconds === null ? null : runs * seconds];
        }),
      );
      this.#seconds = { of: JSON.stringify(experiment), arms };
    } catch (thrown) {
      this.error = labErrorOf(thrown);
    } finally {
      this.measuring = false;
      this.phase = null;
    }
  }
}
