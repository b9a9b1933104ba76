// What the experiment's arms will take, as it is being written.
import type { PlannedEffort } from '../../lab/contract.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';

/** How long typing must rest before it is worked out again. */
const REST_MS = 250;

export class Planned {
  /** Of the last settings that were possible; null before the first. */
  efforts = $state.raw<readonly PlannedEffort[] | null>(null);
  /** Whether they are about to change. */
  working = $state(false);
  #turn = 0;
  #key = '';

  constructor(
    private readonly source: (experiment: Experiment) => Promise<readonly PlannedEffort[]>,
  ) {}

  async look(experiment: Experiment): Promise<void> {
    const { data, arms, training, date, seed, model } = experiment;
    const relevant = { data, arms, training, date, seed, model };
    const key = JSON.stringify(relevant);
    if (key === this.#key) return;
    this.#key = key;
    const turn = ++this.#turn;
    this.working = true;
    await new Promise((resolve) => setTimeout(resolve, this.efforts ? REST_MS : 0));
    if (turn !== this.#turn) return;
    // Without the user's own texts, which may be long and change nothing here.
    const evaluation = { ...experiment.evaluation };
    const efforts = await this.source({ ...relevant, evaluation }).catch(() => null);
    if (turn !== this.#turn) return;
    // What is wrong is said where it was written.
    if (efforts) this.efforts = efforts;
    this.working = false;
  }
}
