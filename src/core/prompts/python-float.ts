// How Python rounds and prints numbers, which is how the prompts print them.

/** Nearest integer, halves to the even one; never -0. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  return (up ? floor + 1 : floor) + 0;
}

/** Shortest text that reads back as x, e.g. `1.0`, `0.1`, `2e-05`, `1e+16`; x is finite. */
export function pythonFloat(x: number): string {
  const [mantissa, power] = x.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (x !== 0 && (exponent < -4 || exponent >= 16)) {
    const sign = exponent < 0 ? '-' : '+';
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const text = Object.is(x, -0) ? '-0' : String(x);
  return text.includes('.') ? text : `${text}.0`;
}

/** At most six decimals, exact halves to the even digit, without trailing zeros; x is finite. */
export function sixDecimals(x: number): string {
  if (Number.isInteger(x)) return BigInt(x).toString();
  // Exact halves are the odd multiples of 1/128; toFixed takes them away from zero.
  const isHalf = Math.abs((x * 128) % 2) === 1;
  const truncated = x.toFixed(7).slice(0, -1);
  const isEven = Number(truncated.at(-1)) % 2 === 0;
  return (isHalf && isEven ? truncated : x.toFixed(6)).replace(/\.?0+$/, '');
}
