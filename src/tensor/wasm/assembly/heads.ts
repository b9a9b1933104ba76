// Norming and turning heads, and the way back: `ops/rotate-heads`.
import { inverseDeviation } from './norm';
import { load4, store4, sum4 } from './vector';

/**
 * `count` heads of d values of each of n rows: normed, where there is a weight, and turned, where there are angles:
 * the pairs (i, i + d/2) of row t by the angles of row t [n, d/2].
 * @param toNext bytes from one row to the next; `fromNext` of `from` @param weight [d], its factors are weight + one
 */
export function turnHeads(
  to: usize,
  toNext: usize,
  from: usize,
  fromNext: usize,
  n: i32,
  count: i32,
  d: i32,
  cos: usize,
  sin: usize,
  weight: usize,
  one: f32,
  eps: f32,
): void {
  const size = <usize>d * 4;
  const angles = size / 2;
  for (let row = 0; row < n; row++) {
    for (let head = 0; head < count; head++) {
      const x = from + size * head;
      const y = to + size * head;
      if (weight) normHead(y, x, d, weight, one, eps);
      else memory.copy(y, x, size);
      if (cos) turn(y, d, cos, sin, 1);
    }
    to += toNext;
    from += fromNext;
    if (cos) cos += angles;
    if (sin) sin += angles;
  }
}

/**
 * The gradient of `turnHeads`: dx of its input x, from dy of its output.
 * @param dWeight [d], the gradient of the weight is added to it; 0 where it is not wanted
 */
export function turnHeadsBack(
  dx: usize,
  dxNext: usize,
  dy: usize,
  dyNext: usize,
  x: usize,
  xNext: usize,
  n: i32,
  count: i32,
  d: i32,
  cos: usize,
  sin: usize,
  weight: usize,
  one: f32,
  eps: f32,
  dWeight: usize,
): void {
  const size = <usize>d * 4;
  const angles = size / 2;
  for (let row = 0; row < n; row++) {
    for (let head = 0; head < count; head++) {
      const place = dx + size * head;
      memory.copy(place, dy + size * head, size);
      if (cos) turn(place, d, cos, sin, -1);
      if (weight) normHeadBack(place, x + size * head, d, weight, one, eps, dWeight);
    }
    dx += dxNext;
    dy += dyNext;
    x += xNext;
    if (cos) cos += angles;
    if (sin) sin += angles;
  }
}

/** Turns a head by its row's angles IN PLACE; with sign -1 back. */
function turn(x: usize, d: i32, cos: usize, sin: usize, sign: f32): void {
  const half = d / 2;
  const other = <usize>half * 4;
  const signs = f32x4.splat(sign);
  for (let i = 0; i < half; i += 4) {
    const at = <usize>i * 4;
    const left = half - i;
    const c = load4(cos + at, left);
    const s = f32x4.mul(load4(sin + at, left), signs);
    const first = load4(x + at, left);
    const second = load4(x + other + at, left);
    store4(x + at, f32x4.sub(f32x4.mul(first, c), f32x4.mul(second, s)), left);
    store4(x + other + at, f32x4.add(f32x4.mul(second, c), f32x4.mul(first, s)), left);
  }
}

function normHead(y: usize, x: usize, d: i32, weight: usize, one: f32, eps: f32): void {
  const inverses = f32x4.splat(inverseDeviation(x, d, 0, eps));
  const ones = f32x4.splat(one);
  for (let i = 0; i < d; i += 4) {
    const at = <usize>i * 4;
    const left = d - i;
    const factor = f32x4.add(load4(weight + at, left), ones);
    store4(y + at, f32x4.mul(f32x4.mul(load4(x + at, left), inverses), factor), left);
  }
}

/** With g = dy * factor and y the normed head: dx = (g - y * mean(g * y)) / rms. @param dx at first dy */
function normHeadBack(
  dx: usize,
  x: usize,
  d: i32,
  weight: usize,
  one: f32,
  eps: f32,
  dWeight: usize,
): void {
  const inverses = f32x4.splat(inverseDeviation(x, d, 0, eps));
  const ones = f32x4.splat(one);
  let products = f32x4.splat(0);
  for (let i = 0; i < d; i += 4) {
    const at = <usize>i * 4;
    const left = d - i;
    const dy = load4(dx + at, left);
    const normal = f32x4.mul(load4(x + at, left), inverses);
    if (dWeight) {
      const sums = f32x4.add(load4(dWeight + at, left), f32x4.mul(dy, normal));
      store4(dWeight + at, sums, left);
    }
    const g = f32x4.mul(dy, f32x4.add(load4(weight + at, left), ones));
    products = f32x4.add(products, f32x4.mul(g, normal));
    store4(dx + at, g, left);
  }
  const overlap = f32x4.splat(sum4(products) / <f32>d);
  for (let i = 0; i < d; i += 4) {
    const at = <usize>i * 4;
    const left = d - i;
    const normal = f32x4.mul(load4(x + at, left), inverses);
    const rest = f32x4.sub(load4(dx + at, left), f32x4.mul(normal, overlap));
    store4(dx + at, f32x4.mul(rest, inverses), left);
  }
}
