// What all functions do with vectors of four f32.

/** a b + c: rounded once where relaxed SIMD is there to fuse them, else twice. */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The next four values, or the `left` that there are, and zeros behind them. */
export function load4(at: usize, left: i32): v128 {
  if (left >= 4) return v128.load(at);
  if (left === 1) return v128.load32_zero(at);
  const values = v128.load64_zero(at);
  return left > 2 ? v128.load32_lane(at, values, 2, 8) : values;
}

/** Writes four values, or the first `left` of them. */
export function store4(at: usize, values: v128, left: i32): void {
  if (left >= 4) {
    v128.store(at, values);
    return;
  }
  if (left === 1) {
    v128.store32_lane(at, values, 0);
    return;
  }
  v128.store64_lane(at, values, 0);
  if (left > 2) v128.store32_lane(at, values, 2, 8);
}

/** Zeros in the place of all but the first `left` values. */
export function keep4(values: v128, left: i32): v128 {
  return left >= 4 ? values : v128.and(values, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
}

export function sum4(values: v128): f32 {
  const pairs = f32x4.add(values, v128.shuffle<f32>(values, values, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** 1.5 * 2^23: a small number added to it is rounded, and stands in its lowest bits as an integer. */
const ROUNDING: f32 = 12582912;

/**
 * exp, to an ulp or two: 2^n e^r with |r| <= ln(2) / 2, n whole and ln(2) in two parts; the polynomial of e^r
 * is that of Cephes' expf. Beyond what f32 has it stays at the end; what is no number stays none.
 */
export function exp4(x: v128): v128 {
  const within = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3)), f32x4.splat(-87.3));
  const rounded = fma(within, f32x4.splat(1.44269504), f32x4.splat(ROUNDING));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDING));
  const r = fma(n, f32x4.splat(2.1219444e-4), fma(n, f32x4.splat(-0.693359375), within));
  let p = f32x4.splat(1.98756915e-4);
  p = fma(p, r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  const power = f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1));
  return f32x4.mul(power, i32x4.shl(i32x4.add(rounded, i32x4.splat(127)), 23));
}

/** (e^2x - 1) / (e^2x + 1), where x is small the series of tanh, which keeps all digits. */
export function tanh4(x: v128): v128 {
  const ones = f32x4.splat(1);
  const share = f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(x, x)), ones));
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(62.0 / 2835);
  p = fma(p, square, f32x4.splat(-17.0 / 315));
  p = fma(p, square, f32x4.splat(2.0 / 15));
  p = fma(p, square, f32x4.splat(-1.0 / 3));
  p = fma(p, square, ones);
  const isSmall = f32x4.lt(f32x4.abs(x), f32x4.splat(0.3));
  return v128.bitselect(f32x4.mul(x, p), f32x4.sub(ones, share), isSmall);
}
