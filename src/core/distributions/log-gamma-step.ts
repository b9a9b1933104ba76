// The difference of two logarithms of the gamma function without cancellation.
import { stirlingError } from './saddle-point.ts';

/** log Gamma(x + h) - log Gamma(x) for x, h > 0, also where x is huge or h tiny. */
export function logGammaStep(x: number, h: number): number {
  // Up to where Stirling's formula is good, by Gamma(x + 1) = x Gamma(x).
  let shifted = 0;
  let from = x;
  for (; from < 20; from += 1) shifted -= Math.log1p(h / from);
  // Its large terms are cancelled by hand.
  const n = from - 1;
  const growth = (n + 0.5) * Math.log1p(h / n) + h * Math.log(n + h) - h;
  return shifted + growth + stirlingError(n + h) - stirlingError(n);
}
