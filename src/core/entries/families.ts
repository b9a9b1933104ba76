// The entry `calibration-lab/families`.
/**
 * Thirty families of distributions: density, cdf, quantiles and moments by a family's name and
 * parameters, with everything checked.
 * @module families
 */
export { createDistribution } from '../distributions/create.ts';
export type { Distribution } from '../distributions/distribution.ts';
export { FAMILIES, familyById, type Family } from '../distributions/families.ts';
export type { Axis, FamilyGrids, Grid, GridRow } from '../distributions/grids.ts';
export type { Parameter } from '../distributions/parameter.ts';
export { InputError } from '../errors.ts';
