// Sums over a head's d values, with four others at a time: what attention is made of.
import { fma, load4, store4 } from './vector';

/** The products x a, x b, x c and x e of vectors of d values, each in two sums that need not wait for each other. */
export function dotFour(x: usize, a: usize, b: usize, c: usize, e: usize, d: i32): v128 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let t0 = f32x4.splat(0);
  let t1 = f32x4.splat(0);
  let t2 = f32x4.splat(0);
  let t3 = f32x4.splat(0);
  let i = 0;
  for (; i + 8 <= d; i += 8) {
    const first = v128.load(x, 0);
    s0 = fma(first, v128.load(a, 0), s0);
    s1 = fma(first, v128.load(b, 0), s1);
    s2 = fma(first, v128.load(c, 0), s2);
    s3 = fma(first, v128.load(e, 0), s3);
    const second = v128.load(x, 16);
    t0 = fma(second, v128.load(a, 16), t0);
    t1 = fma(second, v128.load(b, 16), t1);
    t2 = fma(second, v128.load(c, 16), t2);
    t3 = fma(second, v128.load(e, 16), t3);
    x += 32;
    a += 32;
    b += 32;
    c += 32;
    e += 32;
  }
  for (; i < d; i += 4) {
    const left = d - i;
    const value = load4(x, left);
    s0 = fma(value, load4(a, left), s0);
    s1 = fma(value, load4(b, left), s1);
    s2 = fma(value, load4(c, left), s2);
    s3 = fma(value, load4(e, left), s3);
    x += 16;
    a += 16;
    b += 16;
    c += 16;
    e += 16;
  }
  return sumsOfFour(f32x4.add(s0, t0), f32x4.add(s1, t1), f32x4.add(s2, t2), f32x4.add(s3, t3));
}

/** The sums of four vectors' values. */
function sumsOfFour(a: v128, b: v128, c: v128, e: v128): v128 {
  const first = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const second = f32x4.add(
    v128.shuffle<f32>(c, e, 0, 4, 1, 5),
    v128.shuffle<f32>(c, e, 2, 6, 3, 7),
  );
  return f32x4.add(
    v128.shuffle<f32>(first, second, 0, 1, 4, 5),
    v128.shuffle<f32>(first, second, 2, 3, 6, 7),
  );
}

/** y += the sum of a, b, c and e, each times its factor of four; all have d values. */
export function addFour(
  y: usize,
  factors: v128,
  a: usize,
  b: usize,
  c: usize,
  e: usize,
  d: i32,
): void {
  const f0 = v128.shuffle<f32>(factors, factors, 0, 0, 0, 0);
  const f1 = v128.shuffle<f32>(factors, factors, 1, 1, 1, 1);
  const f2 = v128.shuffle<f32>(factors, factors, 2, 2, 2, 2);
  const f3 = v128.shuffle<f32>(factors, factors, 3, 3, 3, 3);
  let i = 0;
  for (; i + 8 <= d; i += 8) {
    const first = fma(f1, v128.load(b, 0), fma(f0, v128.load(a, 0), v128.load(y, 0)));
    const second = fma(f1, v128.load(b, 16), fma(f0, v128.load(a, 16), v128.load(y, 16)));
    v128.store(y, fma(f3, v128.load(e, 0), fma(f2, v128.load(c, 0), first)), 0);
    v128.store(y, fma(f3, v128.load(e, 16), fma(f2, v128.load(c, 16), second)), 16);
    y += 32;
    a += 32;
    b += 32;
    c += 32;
    e += 32;
  }
  for (; i < d; i += 4) {
    const left = d - i;
    const first = fma(f1, load4(b, left), fma(f0, load4(a, left), load4(y, left)));
    store4(y, fma(f3, load4(e, left), fma(f2, load4(c, left), first)), left);
    y += 16;
    a += 16;
    b += 16;
    c += 16;
    e += 16;
  }
}
