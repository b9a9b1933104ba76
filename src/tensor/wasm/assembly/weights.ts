// A product's second operand where it is kept as codes: some of its rows and columns, as f32.

/** How a matrix of codes lies in memory (`CodedMatrix`), as the caller writes it down (`Codes` in `product.ts`). */
@unmanaged
class Codes {
  /** 4 or 8 */
  bits: i32 = 0;
  /** Columns that share a scale: 16 or 32. */
  block: i32 = 0;
  /** Whether a minimum follows each scale. */
  hasMinimums: i32 = 0;
  scales: usize = 0;
  scalesNext: usize = 0;
}

/** No block is longer: what is widened may write as far beyond the columns asked for. */
export const LONGEST: i32 = 32;

/**
 * Writes rows of `columns` values, `toNext` bytes apart, up to the end of the last one's block.
 * @param how address of a matrix's `Codes` @param from its first row's codes
 * @param column the first, a multiple of `LONGEST`
 */
export function widen(
  how: usize,
  from: usize,
  next: usize,
  row: i32,
  column: i32,
  rows: i32,
  columns: i32,
  to: usize,
  toNext: usize,
): void {
  const codes = changetype<Codes>(how);
  const block = codes.block;
  const perBlock: usize = codes.hasMinimums ? 8 : 4;
  let scales = codes.scales + codes.scalesNext * <usize>row + perBlock * <usize>(column / block);
  from += next * <usize>row + <usize>((column * codes.bits) >> 3);
  for (let i = 0; i < rows; i++) {
    let scale = scales;
    let at = from;
    let out = to;
    for (let done = 0; done < columns; done += block) {
      const factor = v128.load32_splat(scale);
      // What changes no sum, the sign of zeros included.
      const least = codes.hasMinimums ? v128.load32_splat(scale, 4) : f32x4.splat(-0.0);
      if (codes.bits === 4) {
        const pairs = v128.load(at);
        widenSixteen(v128.and(pairs, i8x16.splat(15)), factor, least, out);
        widenSixteen(i8x16.shr_u(pairs, 4), factor, least, out + 64);
        at += 16;
        out += 128;
      } else {
        for (let part = 0; part < block; part += 16) {
          widenSixteen(v128.load(at), factor, least, out);
          at += 16;
          out += 64;
        }
      }
      scale += perBlock;
    }
    from += next;
    scales += codes.scalesNext;
    to += toNext;
  }
}

/** Sixteen signed bytes; rounded after multiplying and after adding, as everywhere. */
function widenSixteen(bytes: v128, factor: v128, least: v128, to: usize): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(to, valuesOf(i32x4.extend_low_i16x8_s(low), factor, least), 0);
  v128.store(to, valuesOf(i32x4.extend_high_i16x8_s(low), factor, least), 16);
  v128.store(to, valuesOf(i32x4.extend_low_i16x8_s(high), factor, least), 32);
  v128.store(to, valuesOf(i32x4.extend_high_i16x8_s(high), factor, least), 48);
}

function valuesOf(codes: v128, factor: v128, least: v128): v128 {
  return f32x4.add(f32x4.mul(factor, f32x4.convert_i32x4_s(codes)), least);
}
