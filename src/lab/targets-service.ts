// The targets worker without its worker.
import type { TargetsWorker } from './contract.ts';
import { resolveExperiment } from './experiment/experiment.ts';
import { outcome } from './lab-service.ts';
import { plannedEffort } from './plan/planned-effort.ts';
import { previewTarget } from './plan/target-preview.ts';

export const targetsService: TargetsWorker = {
  preview: (data) => outcome(() => previewTarget(data)),
  effort: (experiment) => outcome(() => plannedEffort(resolveExperiment(experiment))),
};
