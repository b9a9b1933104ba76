// What an adapter adds to one linear map.

/** y = W x + scaling * B (A x), the scaling as `shapeOf` of its adapter says. */
export interface LoraPair {
  /** The module's own, where it differs from the adapter's. */
  readonly rank?: number;
  readonly alpha?: number;
  /** [rank, input features] */
  readonly a: Float32Array;
  /** [output features, rank] */
  readonly b: Float32Array;
}
