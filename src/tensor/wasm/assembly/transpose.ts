// The transpose of a matrix, in blocks of four by four.

/** Rows that are gone through before the next columns: what was read with them is still at hand. */
const ROWS: i32 = 64;

/** Writes [m, n] to `to`. @param x [n, m], `next` bytes from one row to the next */
export function transpose(x: usize, next: usize, n: i32, m: i32, to: usize): void {
  for (let first = 0; first < n; first += ROWS) {
    const rows = min(ROWS, n - first);
    for (let column = 0; column < m; column += 4) {
      const from = x + next * <usize>first + 4 * <usize>column;
      const at = to + 4 * (<usize>column * n + first);
      if (column + 4 <= m) turnFour(from, next, rows, at, 4 * <usize>n);
      else turnRest(from, next, rows, m - column, at, n);
    }
  }
}

/** Four columns of some rows. */
function turnFour(from: usize, stride: usize, rows: i32, to: usize, step: usize): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    turnBlock(from, from + stride, from + 2 * stride, from + 3 * stride, to, step);
    from += 4 * stride;
    to += 16;
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < 4; j++) store<f32>(to + j * step, load<f32>(from + 4 * j));
    from += stride;
    to += 4;
  }
}

/** Four values from each of four places, as four columns whose rows lie `step` bytes apart. */
export function turnBlock(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  to: usize,
  step: usize,
): void {
  const a = v128.load(p0);
  const b = v128.load(p1);
  const c = v128.load(p2);
  const d = v128.load(p3);
  const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const lower = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const higher = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low, lower, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(low, lower, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(high, higher, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(high, higher, 2, 3, 6, 7));
}

function turnRest(from: usize, next: usize, rows: i32, columns: i32, to: usize, n: i32): void {
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      store<f32>(to + 4 * (<usize>j * n + i), load<f32>(from + next * <usize>i + 4 * <usize>j));
    }
  }
}
