// Half-width floats: widening F16 and BF16 to F32, and rounding F32 to them.

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

/** F32 [n] to IEEE half bits [n], to nearest with ties to even; too large becomes infinite. */
export function narrowToF16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (b, i) => {
    const sign = (b >>> 16) & 0x8000;
    const magnitude = b & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
    if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above
    if (magnitude >= 0x38800000) {
      // A normal half: drop 13 bits of the fraction and lower the exponent's bias from 127 to 15.
      return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - (112 << 23)) >>> 13);
    }
    return sign | roundedToEven(Math.abs(values[i]!) * 2 ** 24); // in units of the smallest half
  });
}

function roundedToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
