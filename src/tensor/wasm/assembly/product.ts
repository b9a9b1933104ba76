// Products of matrices, block by block: what is used again lies in the caches, and packed in the order of use.
import { addFour, dotFour } from './combine';
import { COLUMNS, multiplyTile, ROWS, rowsOfTile } from './tile';
import { turnBlock } from './transpose';
import { load4, store4 } from './vector';
import { LONGEST, widen } from './weights';

/** Addends that are summed up before they are added to what is there: bounds panels, and rounding. */
const DEPTH: i32 = 768;
/** Columns of a block: its panels, 288 KiB, stay in a core's second cache while rows pass. */
const WIDTH: i32 = 96;
/** So few rows use what is packed too seldom: b is read as it lies. */
const FEW: i32 = 6;
/** So few rows of the first operand would leave most of a tile that is turned empty: they are multiplied by themselves. */
const APART: i32 = 3;
/** Columns of them that are summed up together: sums of all rows, and four rows of b, stay in the first cache. */
const SPAN: i32 = 576;
/** Rows that are packed together: few enough to stay in the first cache until all panels have their part. */
const STRIP: i32 = 16;

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

/** `multiply` of at most `FEW` rows; a sum has the same addends in the same order as in tiles. */
function multiplyFew(
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

/** Panels of rows `row` to `row + k`, a strip at a time; codes are widened into `room` first. */
function packBlock(
  codes: usize,
  b: usize,
  byNext: usize,
  row: i32,
  column: i32,
  k: i32,
  width: i32,
  panels: usize,
  room: usize,
): void {
  for (let first = 0; first < k; first += STRIP) {
    const rows = min(STRIP, k - first);
    let from = b + byNext * <usize>(row + first) + 4 * <usize>column;
    let next = byNext;
    if (codes) {
      from = room;
      next = 4 * <usize>WIDTH;
      widen(codes, b, byNext, row + first, column, rows, width, room, next);
    }
    packColumns(from, next, rows, width, panels + 32 * <usize>first, k);
  }
}

/**
 * Panels [k][8] of `width` columns, anything beyond the last one, of rows that lie `stride` bytes apart.
 * @param rows how many of the k rows of the panels, which are k * 32 bytes apart
 */
function packColumns(
  from: usize,
  stride: usize,
  rows: i32,
  width: i32,
  panels: usize,
  k: i32,
): void {
  for (let first = 0; first < width; first += COLUMNS) {
    let to = panels + 4 * <usize>first * k;
    const end = to + 32 * <usize>rows;
    let at = from + 4 * <usize>first;
    if (first + COLUMNS <= width) {
      for (; to < end; to += 32, at += stride) {
        v128.store(to, v128.load(at, 0), 0);
        v128.store(to, v128.load(at, 16), 16);
      }
    } else {
      for (; to < end; to += 32, at += stride) memory.copy(to, at, 4 * <usize>(width - first));
    }
  }
}

/** Panels [k][8] of `count` rows of k values, the last row again where there are no eight. */
function packRows(from: usize, stride: usize, k: i32, count: i32, panels: usize): void {
  const last = count - 1;
  for (let first = 0; first < count; first += 4) {
    let p0 = from + stride * <usize>first;
    let p1 = from + stride * <usize>min(first + 1, last);
    let p2 = from + stride * <usize>min(first + 2, last);
    let p3 = from + stride * <usize>min(first + 3, last);
    let to = panels + 4 * (<usize>(first & ~7) * k + (first & 7));
    let i = 0;
    for (; i + 4 <= k; i += 4) {
      turnBlock(p0, p1, p2, p3, to, 32);
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
      to += 128;
    }
    for (; i < k; i++) {
      store<f32>(to, load<f32>(p0), 0);
      store<f32>(to, load<f32>(p1), 4);
      store<f32>(to, load<f32>(p2), 8);
      store<f32>(to, load<f32>(p3), 12);
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      to += 32;
    }
  }
}

/** Writes the transpose [8][8] behind a tile [6][8]; its last two columns are anything. @returns its address */
function turnTile(tile: usize): usize {
  const turned = tile + 4 * <usize>ROWS * <usize>COLUMNS;
  for (let half: usize = 0; half < 2; half++) {
    const from = tile + 16 * half;
    const to = turned + 128 * half;
    turnBlock(from, from + 32, from + 64, from + 96, to, 32);
    turnBlock(from + 128, from + 160, from + 160, from + 160, to + 16, 32);
  }
  return turned;
}

/** As `placeTile`, of the transpose of a whole tile [6][8]: four columns at a time, which need not be written down before. */
function placeTurned(to: usize, toNext: usize, factor: f32, adds: bool, tile: usize): void {
  const factors = f32x4.splat(factor);
  for (const end = tile + 32; tile < end; tile += 16) {
    const a = v128.load(tile, 0);
    const b = v128.load(tile, 32);
    const c = v128.load(tile, 64);
    const d = v128.load(tile, 96);
    const e = v128.load(tile, 128);
    const f = v128.load(tile, 160);
    let four = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    let other = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    let two = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
    placeSix(to, v128.shuffle<f32>(four, other, 0, 1, 4, 5), two, factors, adds);
    to += toNext;
    two = v128.shuffle<f32>(two, two, 2, 3, 2, 3);
    placeSix(to, v128.shuffle<f32>(four, other, 2, 3, 6, 7), two, factors, adds);
    to += toNext;
    four = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    other = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    two = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
    placeSix(to, v128.shuffle<f32>(four, other, 0, 1, 4, 5), two, factors, adds);
    to += toNext;
    two = v128.shuffle<f32>(two, two, 2, 3, 2, 3);
    placeSix(to, v128.shuffle<f32>(four, other, 2, 3, 6, 7), two, factors, adds);
    to += toNext;
  }
}

/** @param two the last two values, in its first places */
function placeSix(to: usize, four: v128, two: v128, factors: v128, adds: bool): void {
  four = f32x4.mul(four, factors);
  two = f32x4.mul(two, factors);
  if (adds) {
    four = f32x4.add(v128.load(to), four);
    two = f32x4.add(v128.load64_zero(to, 16), two);
  }
  v128.store(to, four);
  v128.store64_lane(to, two, 0, 16);
}

/** Puts a tile's first rows and columns, times a factor, in their place, or adds them to what is there. */
function placeTile(
  to: usize,
  toNext: usize,
  rows: i32,
  columns: i32,
  factor: f32,
  adds: bool,
  tile: usize,
): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < rows; i++) {
    placeFour(to, tile, columns, factors, adds);
    if (columns > 4) placeFour(to + 16, tile + 16, columns - 4, factors, adds);
    tile += 4 * <usize>COLUMNS;
    to += toNext;
  }
}

/** Four values, or the first `left` of them. */
function placeFour(to: usize, from: usize, left: i32, factors: v128, adds: bool): void {
  let values = f32x4.mul(factors, v128.load(from));
  if (adds) values = f32x4.add(load4(to, left), values);
  store4(to, values, left);
}
