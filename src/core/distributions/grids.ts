// Grids of parameters: which values of its parameters a family is trained and tested on.

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

/** The grids of a family's parameters, by what their points are for. */
export interface FamilyGrids {
  readonly train?: Grid;
  readonly test_unseen?: Grid;
  readonly ood?: Grid;
  /** What `paper_selected` puts in the place of `test_unseen`. */
  readonly test_selected?: readonly GridRow[];
  /** What `paper_selected` puts in the place of `ood`. */
  readonly ood_selected?: readonly GridRow[];
}

export const values = (...listed: number[]): Axis => ({ values: listed });

export const evenly = (min: number, max: number, num_points: number): Axis => ({
  min,
  max,
  num_points,
});

export const geometric = (min: number, max: number, num_points: number): Axis => ({
  ...evenly(min, max, num_points),
  spacing: 'logspace',
});
