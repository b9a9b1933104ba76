// What all functions do with vectors of four f32.

/** a b + c: rounded once where relaxed SIMD is there to fuse them, else twice. */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
