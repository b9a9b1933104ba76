// A prompt with a target that answers are sampled to.
import type { Distribution } from '../core/distributions/distribution.ts';
import type { OutputSpace } from '../core/targets/space.ts';

export interface SamplingTask {
  readonly id: string;
  readonly split: string;
  readonly family: string;
  readonly prompt: string;
  /** Null for a user's own choices. */
  readonly distribution: Distribution | null;
  /** The canonical answers, over which total variation is taken. */
  readonly space: OutputSpace;
}
