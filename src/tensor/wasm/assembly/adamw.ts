// One step of AdamW: `ops/adamw`, where the formulas are.
import { fma, load4, store4 } from './vector';

/**
 * p1, m1 and v1 [count], of the parameters p, the gradient g and the moments m and v.
 * @param decay [count] 1 where a parameter decays, 0 elsewhere; address 0: all of them do
 * @param rest1 1 - beta1, and so on; the others are those of `adamwRates`
 */
export function adamw(
  p1: usize,
  m1: usize,
  v1: usize,
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  decay: usize,
  count: i32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
  stepSize: f32,
  secondScale: f32,
  shrink: f32,
): void {
  const shrinks = f32x4.splat(-shrink);
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    const left = count - i;
    const slope = load4(g + at, left);
    const mean = fma(f32x4.splat(beta1), load4(m + at, left), f32x4.mul(f32x4.splat(rest1), slope));
    const square = fma(
      f32x4.splat(beta2),
      load4(v + at, left),
      f32x4.mul(f32x4.splat(rest2), f32x4.mul(slope, slope)),
    );
    const root = f32x4.sqrt(f32x4.mul(square, f32x4.splat(secondScale)));
    const change = f32x4.div(
      f32x4.mul(mean, f32x4.splat(stepSize)),
      f32x4.add(root, f32x4.splat(epsilon)),
    );
    const before = load4(p + at, left);
    const shrunk = decay ? f32x4.mul(shrinks, load4(decay + at, left)) : shrinks;
    store4(p1 + at, f32x4.sub(fma(before, shrunk, before), change), left);
    store4(m1 + at, mean, left);
    store4(v1 + at, square, left);
  }
}
