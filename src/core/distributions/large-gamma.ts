// Regularised incomplete gamma functions where both arguments are large.
import { deviance, poissonMass } from './saddle-point.ts';
import { erfc } from './special-functions.ts';

/** From this shape on the leading terms of Temme's uniform expansion are exact to rounding. */
const UNIFORM_FROM = 1e6;

/** P(shape, x) for shape > 1, also where it is tiny. */
export function largeGammaLower(shape: number, x: number): number {
  if (shape >= UNIFORM_FROM) return uniform(shape, x, -1);
  return x < shape + 3 * Math.sqrt(shape) ? series(shape, x) : 1 - fraction(shape, x);
}

/** Q(shape, x) for shape > 1, also where it is tiny. */
export function largeGammaUpper(shape: number, x: number): number {
  if (shape >= UNIFORM_FROM) return uniform(shape, x, 1);
  return x < shape + 3 * Math.sqrt(shape) ? 1 - series(shape, x) : fraction(shape, x);
}

/** P(shape, x) by its power series. */
function series(shape: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = shape + 1; term > 1e-17 * sum; n += 1) {
    term *= x / n;
    sum += term;
  }
  return sum * poissonMass(shape, x);
}

/** Q(shape, x) by Legendre's continued fraction, evaluated forward (Lentz). */
function fraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 100_000; n += 1) {
    const a = n * (shape - n);
    b += 2;
    d = 1 / (b + a * d);
    c = b + a / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return value * shape * poissonMass(shape, x);
}

/** P (side -1) or Q (side 1) by N. Temme, "The asymptotic expansion of the incomplete gamma functions" (1979). */
function uniform(shape: number, x: number, side: 1 | -1): number {
  const y = deviance(shape, x);
  const eta = Math.sign(x - shape) * Math.sqrt((2 * y) / shape);
  const first = -1 / 3 + eta * (1 / 12 - eta * (2 / 135 - eta * (1 / 864 + eta / 2835)));
  const correction = (Math.exp(-y) / Math.sqrt(2 * Math.PI * shape)) * first;
  return 0.5 * erfc(side * Math.sign(eta) * Math.sqrt(y)) + side * correction;
}
