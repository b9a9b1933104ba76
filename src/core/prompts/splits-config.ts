// What a set of prompts is built from: families, a grid of parameters for each, and how many rows.

/** Values of one grid parameter: listed, or spaced from `min` to `max`, both included. */
export interface Axis {
  readonly values?: readonly number[];
  readonly min?: number;
  readonly max?: number;
  /** Defaults to the configuration's points per axis. */
  readonly num_points?: number;
  /** `linspace` unless said otherwise. */
  readonly spacing?: 'linspace' | 'logspace';
}

/** One axis for each grid parameter of the family, and the number of rows to keep (0: all). */
export type Grid = { readonly max_specs?: number } & {
  readonly [parameter: string]: Axis | number;
};

/** A single row in grid parameters, e.g. `{ a: 3.5, width: 7 }`. */
export type GridRow = Readonly<Record<string, number>>;

export interface FamilyGrids {
  readonly train?: Grid;
  readonly test_unseen?: Grid;
  readonly ood?: Grid;
  /** What `paper_selected` puts in the place of `test_unseen`. */
  readonly test_selected?: readonly GridRow[];
  /** What `paper_selected` puts in the place of `ood`. */
  readonly ood_selected?: readonly GridRow[];
}

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
