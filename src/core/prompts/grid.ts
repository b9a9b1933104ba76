// A grid of parameters laid out: all combinations of the values of its axes.
import type { Family } from '../distributions/families.ts';
import type { Axis, Grid, GridRow } from '../distributions/grids.ts';
import { InputError } from '../errors.ts';
import { geomspace, linspace } from './spacing.ts';

/** Larger grids are taken for a slip of the pen. */
const LARGEST_GRID = 1_000_000;

/**
 * The points of a family's grid, the last axis running fastest.
 * @param path dotted path of the grid in the configuration, for messages
 * @param defaultPoints points of an axis that does not say
 * @throws InputError for a missing, malformed or impossible axis
 */
export function gridPoints(
  family: Family,
  grid: Grid,
  path: string,
  defaultPoints: number,
): readonly GridRow[] {
  const axes = family.gridParameterNames.map((name) => {
    const axis = grid[name];
    if (typeof axis !== 'object' || axis === null) {
      throw new InputError(
        `the grid of ${family.id} lacks the axis ${name}`,
        `give ${name} as {"values": [...]} or {"min", "max", "num_points"}`,
        `${path}.${name}`,
      );
    }
    return axisValues(axis, `${path}.${name}`, defaultPoints);
  });
  const size = axes.reduce((product, values) => product * values.length, 1);
  if (size > LARGEST_GRID) {
    throw new InputError(
      `the grid of ${family.id} has ${size} points`,
      `use at most ${LARGEST_GRID}`,
      path,
    );
  }
  let points: GridRow[] = [{}];
  axes.forEach((values, i) => {
    const name = family.gridParameterNames[i]!;
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  });
  return points;
}

function axisValues(axis: Axis, path: string, defaultPoints: number): readonly number[] {
  if (axis.values !== undefined) {
    if (!Array.isArray(axis.values))
      throw wrong(axis.values, 'a list of numbers', `${path}.values`);
    return axis.values.map((value) => finite(value, `${path}.values`));
  }
  const min = finite(axis.min, `${path}.min`);
  const max = finite(axis.max, `${path}.max`);
  const count = Math.trunc(finite(axis.num_points ?? defaultPoints, `${path}.num_points`));
  if (count <= 1 || isClose(min, max)) return [min];
  if (count > LARGEST_GRID) {
    throw wrong(count, `at most ${LARGEST_GRID}`, `${path}.num_points`);
  }
  const spacing = axis.spacing ?? 'linspace';
  if (spacing === 'linspace') return linspace(min, max, count);
  if (spacing !== 'logspace') throw wrong(spacing, 'linspace or logspace', `${path}.spacing`);
  if (min <= 0) throw wrong(min, 'greater than 0 for logspace', `${path}.min`);
  if (max <= 0) throw wrong(max, 'greater than 0 for logspace', `${path}.max`);
  return geomspace(min, max, count);
}

/** Python's math.isclose. */
function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function finite(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(value, 'a finite number', path);
}

function wrong(value: unknown, expected: string, path: string): InputError {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return new InputError(`${path} is ${text}`, `it must be ${expected}`, path);
}
