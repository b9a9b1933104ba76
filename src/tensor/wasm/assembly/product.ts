// Products of matrices, block by block: what is used again lies in the caches, and packed in the order of use.
import { dotFour } from './combine';
import { FEW, multiplyFew } from './few-rows';
import { DEPTH, packBlock, packRows, WIDTH } from './panels';
import { placeFour, placeTile, placeTurned, turnTile } from './place';
import { COLUMNS, multiplyTile, ROWS, rowsOfTile } from './tile';
import { LONGEST, widen } from './weights';

/** So few rows of the first operand would leave most of a tile that is turned empty: they are multiplied by themselves. */
const APART: i32 = 3;

/** The room of a product: a tile and its transpose, panels, and what is widened of the second operand: six rows, or a strip, which is less. */
const TILE_BYTES: usize = 4 * <usize>(ROWS + COLUMNS) * <usize>COLUMNS;
const PANEL_BYTES: usize = 4 * <usize>DEPTH * <usize>WIDTH;
const WIDENED_BYTES: usize = 4 * <usize>ROWS * <usize>(DEPTH + LONGEST);

/** Bytes that a product needs besides its operands. */
export function scratchBytes(): usize {
  return TILE_BYTES + PANEL_BYTES + WIDENED_BYTES;
}

/**
 * Columns `first` to `end` of c [n, m] = factor * a [n, k] b [k, m], or added to what c has.
 * @param toNext bytes from one row of c to the next; `ofNext` of a, `byNext` of b
 * @param first a multiple of `LONGEST`
 * @param codes how b is kept, 0 where it is f32 @param scratch `scratchBytes()`
 */
export function multiply(
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
  const panels = scratch + TILE_BYTES;
  const room = panels + PANEL_BYTES;
  if (k === 0 && !adds) clear(c + 4 * <usize>first, toNext, n, end - first);
  if (n <= FEW) {
    multiplyFew(c, toNext, a, ofNext, b, byNext, n, k, first, end, factor, adds, codes, scratch);
    return;
  }
  for (let depth = 0; depth < k; depth += DEPTH) {
    const size = min(DEPTH, k - depth);
    for (let column = first; column < end; column += WIDTH) {
      const width = min(WIDTH, end - column);
      packBlock(codes, b, byNext, depth, column, size, width, panels, room);
      for (let row = 0; row < n;) {
        const count = min(rowsOfTile(n - row), n - row);
        const from = a + ofNext * <usize>row + 4 * <usize>depth;
        for (let j = 0; j < width; j += COLUMNS) {
          multiplyTile(from, ofNext, count, panels + 4 * <usize>j * size, size, scratch);
          const to = c + toNext * <usize>row + 4 * <usize>(column + j);
          const columns = min(COLUMNS, width - j);
          placeTile(to, toNext, count, columns, factor, adds || depth > 0, scratch);
        }
        row += count;
      }
    }
  }
}

/** As `multiply`, b [m, k] transposed: its rows are read where they lie, and a is turned instead. */
export function multiplyByRows(
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
  const panels = scratch + TILE_BYTES;
  const room = panels + PANEL_BYTES;
  if (k === 0 && !adds) clear(c + 4 * <usize>first, toNext, n, end - first);
  for (let depth = 0; depth < k; depth += DEPTH) {
    const size = min(DEPTH, k - depth);
    for (let top = 0; top < n; top += WIDTH) {
      const width = min(WIDTH, n - top);
      const apart = width % COLUMNS <= APART ? width % COLUMNS : 0;
      const packed = width - apart;
      packRows(a + ofNext * <usize>top + 4 * <usize>depth, ofNext, size, packed, panels);
      for (let row = first; row < end;) {
        const count = min(rowsOfTile(end - row), end - row);
        let from = b + byNext * <usize>row + 4 * <usize>depth;
        let next = byNext;
        if (codes) {
          from = room;
          next = 4 * <usize>(DEPTH + LONGEST);
          widen(codes, b, byNext, row, depth, count, size, room, next);
        }
        for (let j = 0; j < packed; j += COLUMNS) {
          multiplyTile(from, next, count, panels + 4 * <usize>j * size, size, scratch);
          const to = c + toNext * <usize>(top + j) + 4 * <usize>row;
          const rows = min(COLUMNS, packed - j);
          const isLater = adds || depth > 0;
          if (count === ROWS && rows === COLUMNS) placeTurned(to, toNext, factor, isLater, scratch);
          else placeTile(to, toNext, rows, count, factor, isLater, turnTile(scratch));
        }
        for (let i = top + packed; i < top + width; i++) {
          const x = a + ofNext * <usize>i + 4 * <usize>depth;
          const to = c + toNext * <usize>i + 4 * <usize>row;
          multiplyRow(to, x, from, next, count, size, factor, adds || depth > 0, scratch);
        }
        row += count;
      }
    }
  }
}

/** Puts the products of x [k] with `count` rows in their place, or adds them to what is there. */
function multiplyRow(
  to: usize,
  x: usize,
  rows: usize,
  next: usize,
  count: i32,
  k: i32,
  factor: f32,
  adds: bool,
  scratch: usize,
): void {
  for (let i = 0; i < count; i += 4, rows += 4 * next, to += 16) {
    const second = i + 1 < count ? rows + next : rows;
    const third = i + 2 < count ? rows + 2 * next : rows;
    const fourth = i + 3 < count ? rows + 3 * next : rows;
    v128.store(scratch, dotFour(x, rows, second, third, fourth, k));
    placeFour(to, scratch, count - i, f32x4.splat(factor), adds);
  }
}

/** A sum of nothing. */
function clear(c: usize, toNext: usize, n: i32, m: i32): void {
  for (let row = 0; row < n; row++) memory.fill(c + toNext * <usize>row, 0, 4 * <usize>m);
}
