// Normalisation of rows and its gradients: `ops/norm`.
import { keep4, load4, store4, sum4 } from './vector';

/**
 * y [n, width] = norm(x) * (weight + one) + bias + added.
 * @param centres the mean is taken off first @param bias as `added` [n, width], 0 where there is none
 */
export function normalise(
  y: usize,
  x: usize,
  n: i32,
  width: i32,
  centres: bool,
  eps: f32,
  weight: usize,
  one: f32,
  bias: usize,
  added: usize,
): void {
  const ones = f32x4.splat(one);
  const next = <usize>width * 4;
  for (let row = 0; row < n; row++) {
    const mean = centres ? meanOf(x, width) : 0;
    const means = f32x4.splat(mean);
    const inverses = f32x4.splat(inverseDeviation(x, width, mean, eps));
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i * 4;
      const left = width - i;
      const factor = f32x4.add(load4(weight + at, left), ones);
      let value = f32x4.mul(f32x4.sub(load4(x + at, left), means), inverses);
      value = f32x4.mul(value, factor);
      if (bias) value = f32x4.add(value, load4(bias + at, left));
      if (added) value = f32x4.add(value, load4(added + at, left));
      store4(y + at, value, left);
    }
    x += next;
    y += next;
    if (added) added += next;
  }
}

/**
 * With normal = norm(x) and g = dy * (weight + one):
 * dx = (g - mean(g) [centred] - normal * mean(g * normal)) / deviation + added.
 * @param dWeight [width], the sum of dy * normal is added to it; as `dBias` 0 where it is not wanted
 */
export function normaliseGradient(
  dx: usize,
  dy: usize,
  x: usize,
  n: i32,
  width: i32,
  centres: bool,
  eps: f32,
  weight: usize,
  one: f32,
  added: usize,
  dWeight: usize,
  dBias: usize,
): void {
  const ones = f32x4.splat(one);
  const next = <usize>width * 4;
  for (let row = 0; row < n; row++) {
    const mean = centres ? meanOf(x, width) : 0;
    const means = f32x4.splat(mean);
    const inverse = inverseDeviation(x, width, mean, eps);
    const inverses = f32x4.splat(inverse);
    let sums = f32x4.splat(0); // of g
    let products = f32x4.splat(0); // of g * normal
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i * 4;
      const left = width - i;
      const dValue = load4(dy + at, left);
      const normal = f32x4.mul(f32x4.sub(load4(x + at, left), means), inverses);
      const g = f32x4.mul(dValue, f32x4.add(load4(weight + at, left), ones));
      sums = f32x4.add(sums, g);
      products = f32x4.add(products, f32x4.mul(g, normal));
      if (dWeight) addTo(dWeight + at, f32x4.mul(dValue, normal), left);
      if (dBias) addTo(dBias + at, dValue, left);
    }
    const overlap = f32x4.splat(sum4(products) / <f32>width);
    const middle = f32x4.splat(centres ? sum4(sums) / <f32>width : 0);
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i * 4;
      const left = width - i;
      const normal = f32x4.mul(f32x4.sub(load4(x + at, left), means), inverses);
      const g = f32x4.mul(load4(dy + at, left), f32x4.add(load4(weight + at, left), ones));
      const rest = f32x4.sub(f32x4.sub(g, middle), f32x4.mul(normal, overlap));
      let value = f32x4.mul(rest, inverses);
      if (added) value = f32x4.add(value, load4(added + at, left));
      store4(dx + at, value, left);
    }
    x += next;
    dy += next;
    dx += next;
    if (added) added += next;
  }
}

/** 1 / sqrt(mean((x - mean)^2) + eps) of `width` values */
export function inverseDeviation(x: usize, width: i32, mean: f32, eps: f32): f32 {
  const means = f32x4.splat(mean);
  let squares = f32x4.splat(0);
  for (let i = 0; i < width; i += 4) {
    const left = width - i;
    const centred = keep4(f32x4.sub(load4(x + 4 * <usize>i, left), means), left);
    squares = f32x4.add(squares, f32x4.mul(centred, centred));
  }
  return 1 / sqrt<f32>(sum4(squares) / <f32>width + eps);
}

function meanOf(x: usize, width: i32): f32 {
  let sums = f32x4.splat(0);
  for (let i = 0; i < width; i += 4) sums = f32x4.add(sums, load4(x + 4 * <usize>i, width - i));
  return sum4(sums) / <f32>width;
}

function addTo(at: usize, values: v128, left: i32): void {
  store4(at, f32x4.add(load4(at, left), values), left);
}
