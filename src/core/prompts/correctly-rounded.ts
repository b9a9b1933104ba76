// log10 and 10^x rounded correctly, so that grids come out digit for digit the same everywhere.
//
// JavaScript leaves the last place of Math.log10 and ** to the engine; prompts print every digit.
// Both are computed with integers in units of 2^-FRACTION and rounded once, at the end.

const FRACTION = 160;
const BITS = BigInt(FRACTION);
const ONE = 1n << BITS;
const LN_2 = 2n * artanh(ONE / 3n);
const LN_10 = 3n * LN_2 + 2n * artanh(ONE / 9n);

/** Decimal logarithm of a positive, finite number. */
export function log10(x: number): number {
  const exponent = Math.min(1023, Math.floor(Math.log2(x)));
  const fraction = toFixed(x / 2 ** exponent); // in [1, 2), or just outside by a rounding of log2
  const ln = 2n * artanh(((fraction - ONE) << BITS) / (fraction + ONE)) + BigInt(exponent) * LN_2;
  return toNumber((ln << BITS) / LN_10, 0);
}

/** 10 to the power x, where the result is a normal number. */
export function exp10(x: number): number {
  const ln = (toFixed(x) * LN_10) >> BITS;
  const exponent = ln / LN_2;
  return toNumber(exponential(ln - exponent * LN_2), Number(exponent));
}

/** A finite number in units of 2^-FRACTION; bits below that are cut off. */
function toFixed(x: number): bigint {
  const scaled = x * 2 ** 52; // integral unless |x| < 1, whose low bits a second step takes
  const whole = Math.trunc(scaled);
  const rest = (scaled - whole) * 2 ** 52;
  return (BigInt(whole) << (BITS - 52n)) + (BigInt(Math.trunc(rest)) << (BITS - 104n));
}

/** fixed * 2^(exponent - FRACTION) to the nearest number: the conversion from BigInt rounds once. */
function toNumber(fixed: bigint, exponent: number): number {
  return Number(fixed) * 2 ** -FRACTION * 2 ** exponent;
}

/** z + z^3 / 3 + z^5 / 5 + ..., for |z| < 1/2. */
function artanh(z: bigint): bigint {
  const square = (z * z) >> BITS;
  let sum = z;
  let power = z;
  for (let odd = 3n; power !== 0n && power !== -1n; odd += 2n) {
    power = (power * square) >> BITS;
    sum += power / odd;
  }
  return sum;
}

/** e^z for |z| < 1. */
function exponential(z: bigint): bigint {
  let sum = ONE;
  let term = ONE;
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    term = ((term * z) >> BITS) / n;
    sum += term;
  }
  return sum;
}
