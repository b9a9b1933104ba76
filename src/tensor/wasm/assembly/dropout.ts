// Dropout by a hash of an entry's place, four entries at a time: `dropoutBits` of `ops/linear`.

/**
 * y [count] = factor * x where an entry is kept, else 0; or added to what y has.
 * @param first place of the first entry @param threshold an entry is dropped if its 24 bits are below
 */
export function drop(
  y: usize,
  x: usize,
  count: i32,
  first: i32,
  seed: i32,
  threshold: i32,
  factor: f32,
  adds: bool,
): void {
  const limit = i32x4.splat(threshold);
  const factors = f32x4.splat(factor);
  let places = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const kept = i32x4.ge_s(bits(i32x4.splat(seed), places), limit);
    const value = v128.and(kept, f32x4.mul(factors, v128.load(x)));
    v128.store(y, adds ? f32x4.add(v128.load(y), value) : value);
    places = i32x4.add(places, i32x4.splat(4));
    x += 16;
    y += 16;
  }
  for (let lane = first + i; i < count; i++, lane++) {
    const kept = i32x4.extract_lane(bits(i32x4.splat(seed), i32x4.splat(lane)), 0) >= threshold;
    const value: f32 = kept ? factor * load<f32>(x) : 0;
    store<f32>(y, adds ? load<f32>(y) + value : value);
    x += 4;
    y += 4;
  }
}

/** 24 bits that decide the entries of four places. */
function bits(seed: v128, places: v128): v128 {
  let h = v128.xor(seed, i32x4.mul(places, i32x4.splat(0x9e3779b9)));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return i32x4.shr_u(v128.xor(h, i32x4.shr_u(h, 16)), 8);
}
