// Products of matrices, block by block: what is used again lies in the caches, and packed in the order of use.
import { COLUMNS, multiplyTile, ROWS } from './tile';
import { turnBlock } from './transpose';

/** Addends that are summed up before they are added to what is there: bounds panels, and rounding. */
const DEPTH: i32 = 512;
/** Columns of a block: its panels, 256 KiB, stay in a core's second cache while rows pass. */
const WIDTH: i32 = 128;
const TILE_BYTES: usize = 4 * <usize>ROWS * <usize>COLUMNS;

/** Bytes that a product needs besides its operands. */
export function scratchBytes(): usize {
  return TILE_BYTES + 4 * <usize>DEPTH * <usize>(WIDTH + ROWS);
}

/** c [n, m] = a [n, k] b [k, m], or added to what c has; rows lie one after the other. */
export function multiply(
  c: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const panels = scratch + TILE_BYTES;
  if (k === 0 && !accumulate) memory.fill(c, 0, 4 * <usize>n * m);
  for (let depth = 0; depth < k; depth += DEPTH) {
    const size = min(DEPTH, k - depth);
    const adds = accumulate || depth > 0;
    for (let column = 0; column < m; column += WIDTH) {
      const width = min(WIDTH, m - column);
      packColumns(b + 4 * (<usize>depth * m + column), 4 * <usize>m, size, width, panels);
      for (let row = 0; row < n; row += ROWS) {
        const count = min(ROWS, n - row);
        const from = a + 4 * (<usize>row * k + depth);
        for (let j = 0; j < width; j += COLUMNS) {
          multiplyTile(from, 4 * <usize>k, count, panels + 4 * <usize>j * size, size, scratch);
          const to = c + 4 * (<usize>row * m + column + j);
          placeTile(to, 4 * <usize>m, count, min(COLUMNS, width - j), adds, scratch);
        }
      }
    }
  }
}

/** As `multiply`, b [m, k] transposed: its rows are read where they lie, and a is turned instead. */
export function multiplyByRows(
  c: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const panels = scratch + TILE_BYTES;
  if (k === 0 && !accumulate) memory.fill(c, 0, 4 * <usize>n * m);
  for (let depth = 0; depth < k; depth += DEPTH) {
    const size = min(DEPTH, k - depth);
    const adds = accumulate || depth > 0;
    for (let first = 0; first < n; first += WIDTH) {
      const width = min(WIDTH, n - first);
      packRows(a + 4 * (<usize>first * k + depth), 4 * <usize>k, size, width, panels);
      for (let row = 0; row < m; row += ROWS) {
        const count = min(ROWS, m - row);
        const from = b + 4 * (<usize>row * k + depth);
        for (let j = 0; j < width; j += COLUMNS) {
          multiplyTile(from, 4 * <usize>k, count, panels + 4 * <usize>j * size, size, scratch);
          const to = c + 4 * (<usize>(first + j) * m + row);
          placeTurned(to, 4 * <usize>m, min(COLUMNS, width - j), count, adds, scratch);
        }
      }
    }
  }
}

/** Panels [k][8] of `width` columns of k rows that lie `stride` bytes apart, anything beyond the last column. */
function packColumns(from: usize, stride: usize, k: i32, width: i32, panels: usize): void {
  let to = panels;
  for (let first = 0; first < width; first += COLUMNS) {
    const end = to + 4 * <usize>COLUMNS * k;
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

/** Puts the tile's first rows and columns in their place, or adds them to what is there. */
function placeTile(
  to: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  adds: bool,
  tile: usize,
): void {
  for (let i = 0; i < rows; i++) {
    if (columns === COLUMNS) {
      let low = v128.load(tile, 0);
      let high = v128.load(tile, 16);
      if (adds) {
        low = f32x4.add(v128.load(to, 0), low);
        high = f32x4.add(v128.load(to, 16), high);
      }
      v128.store(to, low, 0);
      v128.store(to, high, 16);
    } else {
      for (let j = 0; j < columns; j++) {
        const at = to + 4 * <usize>j;
        const value = load<f32>(tile + 4 * <usize>j);
        store<f32>(at, adds ? load<f32>(at) + value : value);
      }
    }
    tile += 32;
    to += stride;
  }
}

/** As `placeTile`, of the tile's transpose. */
function placeTurned(
  to: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  adds: bool,
  tile: usize,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = to + 4 * <usize>j;
      const value = load<f32>(tile + 32 * <usize>j);
      store<f32>(at, adds ? load<f32>(at) + value : value);
    }
    tile += 4;
    to += stride;
  }
}
