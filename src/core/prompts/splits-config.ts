// What a set of prompts is built from: families, a grid of parameters for each, and how many rows.

import { familiesOf, FAMILIES } from '../distributions/families.ts';
import type { FamilyGrids } from '../distributions/grids.ts';

/** The names are those of the reference's configuration file, so that its files can be used. */
export interface SplitsConfig {
  readonly train_families: readonly string[];
  readonly heldout_families: readonly string[];
  readonly families: Readonly<Record<string, FamilyGrids>>;
  readonly eval_prompt_selection: 'full_grid' | 'paper_selected';
  /** Points of an axis without `num_points`, in families with one axis and with several. */
  readonly linspace_points_1d: number;
  readonly linspace_points_2d_per_axis: number;
  /** Rows kept of a grid without `max_specs`. */
  readonly train_max_specs_per_family: number;
  readonly test_unseen_max_specs_per_family: number;
  readonly ood_max_specs_per_family: number;
}

/**
 * The configuration that the paper trained and tested on; grids of every family, extra ones too.
 * @example
 * import { paperSplits } from 'calibration-lab/prompts';
 *
 * paperSplits().heldout_families; // => ["bernoulli","poisson","weibull","maxwell","chi","truncnorm"]
 */
export const paperSplits = (): SplitsConfig => ({
  train_families: familiesOf('train'),
  heldout_families: familiesOf('held_out'),
  families: Object.fromEntries(FAMILIES.map(({ id, grids }) => [id, grids])),
  eval_prompt_selection: 'full_grid',
  linspace_points_1d: 11,
  linspace_points_2d_per_axis: 11,
  train_max_specs_per_family: 121,
  test_unseen_max_specs_per_family: 36,
  ood_max_specs_per_family: 36,
});
