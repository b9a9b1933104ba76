// The targets worker without its worker.
import type { TargetsCalls } from './contract.ts';
import { resolveExperiment } from './experiment/experiment.ts';
import { plannedEffort } from './plan/planned-effort.ts';
import { previewTarget } from './plan/target-preview.ts';

export const targetsService: TargetsCalls = {
  preview: async (data, preset) => previewTarget(data, preset),
  effort: async (experiment) => plannedEffort(resolveExperiment(experiment)),
};
