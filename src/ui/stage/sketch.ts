// What is asked for, as lanes are drawn over it before a model has been asked.
import type { TargetPreview } from '../../lab/contract.ts';
import type { ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { RaceTarget } from '../../lab/race/race.ts';

/** The target of what is asked, without a model. */
export type PreviewOf = (data: NonNullable<ExperimentInput['data']>) => Promise<TargetPreview>;

export const sketchOf = ({
  id,
  prompt,
  kind,
  values,
  probabilities,
}: TargetPreview): RaceTarget => ({ id, prompt, kind, values, probabilities, trie: null });
