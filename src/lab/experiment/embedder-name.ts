// The model that an experiment needs beside its own, to compare texts.
import type { Evaluation } from '../../evaluation/evaluation.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import type { Experiment } from './experiment.ts';

/** Undefined where no evaluation that is asked for needs one, or the model itself does it. */
export function embedderName({ evaluation: settings }: Experiment): string | undefined {
  return EVALUATIONS.filter((one: Evaluation) => one.isAsked(settings))
    .map((one: Evaluation) => one.embedder?.(settings)?.model)
    .find((name) => name !== undefined);
}
