// From a point of a family's grid to the parameters of the family.
import type { Family } from '../distributions/families.ts';
import { isCount } from '../distributions/parameter.ts';
import { roundHalfEven } from './python-float.ts';
import type { GridRow } from './splits-config.ts';

type Transformation = (point: GridRow) => Readonly<Record<string, number>>;

/** Families whose grid is not made of their parameters. */
const TRANSFORMATIONS: Readonly<Record<string, Transformation>> = {
  uniform: ({ a, width }) => ({ a: a!, b: a! + width! }),
  triangular: ({ a, width, mode_fraction }) => ({
    a: a!,
    c: a! + width! * mode_fraction!,
    b: a! + width!,
  }),
  hypergeometric({ M, N, success_fraction }) {
    const population = roundHalfEven(M!);
    const successes = roundHalfEven(population * success_fraction!);
    return {
      M: population,
      K: Math.min(population, Math.max(0, successes)),
      N: Math.min(population, roundHalfEven(N!)),
    };
  },
};

/** Parameters in the family's order; counts are rounded, halves to the even number. */
export function parametersAt(family: Family, point: GridRow): Readonly<Record<string, number>> {
  const transform = TRANSFORMATIONS[family.id];
  if (transform) return transform(point);
  const entries = family.parameters.map((parameter): [string, number] => {
    const value = point[parameter.name]!;
    return [parameter.name, isCount(parameter) ? roundHalfEven(value) : value];
  });
  return Object.fromEntries(entries);
}
