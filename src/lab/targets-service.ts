// The targets worker without its worker.
import type { TargetsWorker } from './contract.ts';
import { resolveExperiment } from './experiment.ts';
import { outcome } from './lab-service.ts';
import { plannedEffort } from './planned-effort.ts';
import { previewTarget } from './target-preview.ts';

export const targetsService: TargetsWorker = {
  preview: (data) => outcome(() => previewTarget(data)),
  effort: (experiment) => outcome(() => plannedEffort(resolveExperiment(experiment))),
};
