// The page's side of the targets worker.
import type { PlannedEffort, TargetPreview, TargetsWorker } from './contract.ts';
import type { Experiment, ExperimentInput } from './experiment/experiment.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

/** No preview takes this long; a worker that does is stuck. */
const PATIENCE_MS = 30_000;

export class TargetsClient {
  readonly #client: WorkerClient<TargetsWorker>;

  constructor(spawn: () => WorkerLike) {
    this.#client = new WorkerClient<TargetsWorker>(spawn);
  }

  /** @throws LabFailure, of kind `input` for impossible parameters */
  preview(
    data: NonNullable<ExperimentInput['data']>,
    preset?: Experiment['training']['preset'],
  ): Promise<TargetPreview> {
    return this.#client.call((worker) => worker.targets.preview(data, preset), PATIENCE_MS);
  }

  /** @throws LabFailure, of kind `input` for an experiment that is none */
  effort(experiment: ExperimentInput): Promise<readonly PlannedEffort[]> {
    return this.#client.call((worker) => worker.targets.effort(experiment), PATIENCE_MS);
  }
}
