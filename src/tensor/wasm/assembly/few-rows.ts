// Products of few rows, which would use what is packed too seldom: the second operand is read as it lies.
import { addFour } from './combine';
import { DEPTH } from './panels';
import { placeFour } from './place';
import { load4 } from './vector';
import { widen } from './weights';

/** Rows that are few. */
export const FEW: i32 = 6;
/** Columns that are summed up together: sums of all rows, and four rows of b, stay in the first cache. */
const SPAN: i32 = 576;
/** `multiply` of at most `FEW` rows; a sum has the same addends in the same order as in tiles. */
export function multiplyFew(
  c: usize,
  toNext: usize,
  a: usize,
  ofNext: usize,
  b: usize,
  byNext: usize,
  n: i32,
  k: i32,
  first: i32,
  end: i32,
  factor: f32,
  adds: bool,
  codes: usize,
  scratch: usize,
): void {
  const room = scratch + 4 * <usize>(FEW * SPAN);
  for (let depth = 0; depth < k; depth += DEPTH) {
    const bottom = min(depth + DEPTH, k);
    for (let column = first; column < end; column += SPAN) {
      const width = min(SPAN, end - column);
      const apart = 4 * <usize>((width + 3) & ~3);
      memory.fill(scratch, 0, apart * n);
      for (let row = depth; row < bottom; row += 4) {
        const rows = min(4, bottom - row);
        let from = b + byNext * <usize>row + 4 * <usize>column;
        let next = byNext;
        if (codes) {
          from = room;
          next = 4 * <usize>SPAN;
          widen(codes, b, byNext, row, column, rows, width, room, next);
        }
        const second = rows > 1 ? from + next : from;
        const third = rows > 2 ? from + 2 * next : from;
        const fourth = rows > 3 ? from + 3 * next : from;
        for (let i = 0; i < n; i++) {
          const factors = load4(a + ofNext * <usize>i + 4 * <usize>row, rows);
          addFour(scratch + apart * i, factors, from, second, third, fourth, width);
        }
      }
      for (let i = 0; i < n; i++) {
        const to = c + toNext * <usize>i + 4 * <usize>column;
        const from = scratch + apart * i;
        for (let j = 0; j < width; j += 4) {
          const at = 4 * <usize>j;
          placeFour(to + at, from + at, width - j, f32x4.splat(factor), adds || depth > 0);
        }
      }
    }
  }
}
