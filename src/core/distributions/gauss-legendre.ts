// Gauss-Legendre quadrature: exact to rounding for smooth functions on short intervals.

const POINTS = 20;
const RULE = legendreRule(POINTS);

/** Integral of f from low to high by the 20-point rule. */
export function integrate(f: (x: number) => number, low: number, high: number): number {
  const centre = (low + high) / 2;
  const half = (high - low) / 2;
  let sum = 0;
  for (const { node, weight } of RULE) sum += weight * f(centre + half * node);
  return half * sum;
}

/** Integral of f over as many equal panels. */
export function integratePanels(
  f: (x: number) => number,
  low: number,
  high: number,
  panels: number,
): number {
  const width = (high - low) / panels;
  let sum = 0;
  for (let i = 0; i < panels; i += 1) sum += integrate(f, low + i * width, low + (i + 1) * width);
  return sum;
}

/** Nodes and weights on [-1, 1]: the roots of the Legendre polynomial, by Newton's method. */
function legendreRule(n: number): { node: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 10; round += 1) {
      let previous = 0;
      let value = 1;
      for (let k = 1; k <= n; k += 1) {
        [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      }
      slope = (n * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    return { node: x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}
