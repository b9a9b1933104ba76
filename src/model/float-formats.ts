// Half-width floats: widening F16 and BF16 to F32, and rounding F32 to BF16.

/** BF16 bits [n] to F32 [n]: exact, a BF16 is the upper half of an F32. */
export function widenBf16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** F32 [n] to BF16 bits [n], to nearest with ties to even; NaN stays NaN. */
export function narrowToBf16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (b) => {
    if ((b & 0x7fffffff) > 0x7f800000) return (b >>> 16) | 0x40; // a quiet NaN, never rounded to infinity
    return (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  });
}

/** IEEE half bits [n] to F32 [n]: exact, subnormals included. */
export function widenF16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[i] = (sign ? -fraction : fraction) * 2 ** -24;
    else if (exponent === 31) bits[i] = sign | 0x7f800000 | (fraction << 13);
    else bits[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
  }
  return values;
}
