// Draws the parameters of a distribution, written the many ways people and programs write numbers.
import { type RandomStream } from '../../core/random.ts';
import { PARAMETER_RANGES, type ParameterRange } from './parameter-ranges.ts';

/** Shares of how a number is written: 3.5, 3.48, 3.4817, 3.4817369012345678. */
const STYLES = ['round', 'short', 'medium', 'long'] as const;
const STYLE_SHARES = [0.42, 0.36, 0.07, 0.15];

/** Parameters of a random distribution of the family, by name, in the family's order. */
export function drawParameters(family: string, stream: RandomStream): Record<string, number> {
  const axes = PARAMETER_RANGES[family]!;
  const drawn = Object.fromEntries(axes.map((axis) => [axis.name, drawNumber(axis, stream)]));
  return dependentParameters(family, drawn);
}

function drawNumber(axis: ParameterRange, stream: RandomStream): number {
  const { spread, low, high } = axis;
  if (spread === 'whole') return low + stream.integer(high - low + 1);
  const u = stream.uniform();
  const value = spread === 'even' ? low + u * (high - low) : low * (high / low) ** u;
  const style = STYLES[stream.categorical(STYLE_SHARES)]!;
  if (style === 'long') return value;
  if (style === 'medium') return decimals(value, 3 + stream.integer(4));
  if (style === 'short') return decimals(value, value < 1 ? 2 : 1 + stream.integer(2));
  const step = high - low < 1 ? 0.05 : Math.abs(value) < 1 ? 0.25 : 0.5;
  const rounded = decimals(Math.round(value / step) * step, 2);
  return rounded < low || rounded > high ? decimals(value, 2) : rounded;
}

/** Turns widths, shares and the like into parameters of the family. */
function dependentParameters(
  family: string,
  drawn: Readonly<Record<string, number>>,
): Record<string, number> {
  const at = (name: string) => drawn[name]!;
  switch (family) {
    case 'uniform':
      return { a: at('a'), b: tidy(at('a') + at('width')) };
    case 'triangular': {
      const b = tidy(at('a') + at('width'));
      return { a: at('a'), c: tidy(at('a') + at('share') * at('width')), b };
    }
    case 'hypergeometric':
      return { M: at('M'), K: Math.round(at('M') * at('share')), N: at('N') };
    case 'truncnorm': {
      const lower = at('below');
      return { mu: at('mu'), sigma: at('sigma'), lower, upper: tidy(lower + at('width')) };
    }
    default:
      return { ...drawn };
  }
}

/** Removes the rounding of the last bits from sums of short numbers, and leaves long ones alone. */
function tidy(value: number): number {
  const short = decimals(value, 6);
  return Math.abs(short - value) < 1e-12 ? short : value;
}

function decimals(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
