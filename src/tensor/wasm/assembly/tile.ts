// The innermost product: six rows, or four, times a panel of eight columns, all sums in registers.
import { fma } from './vector';

export const ROWS = 6;
export const COLUMNS = 8;

/** Rows of the next tile where `left` are: four where that leaves fewer places empty in the last tiles. */
export function rowsOfTile(left: i32): i32 {
  return left <= 4 || left === 7 || left === 8 ? 4 : ROWS;
}

/**
 * tile[i][j] = sum over k of row i [k] * panel[k][j].
 * @param rows that lie `stride` bytes apart; of the last one on, `count` says, the same is taken
 * @param panel [k][8] @param tile [6][8], of which six rows or four are written, as `rowsOfTile` says
 */
export function multiplyTile(
  rows: usize,
  stride: usize,
  count: i32,
  panel: usize,
  k: i32,
  tile: usize,
): void {
  if (count > 4) multiplySix(rows, stride, count, panel, k, tile);
  else multiplyFour(rows, stride, count, panel, k, tile);
}

function multiplySix(
  rows: usize,
  stride: usize,
  count: i32,
  panel: usize,
  k: i32,
  tile: usize,
): void {
  const last = count - 1;
  let p0 = rows;
  let p1 = rows + stride * <usize>min(1, last);
  let p2 = rows + stride * <usize>min(2, last);
  let p3 = rows + stride * <usize>min(3, last);
  let p4 = rows + stride * <usize>min(4, last);
  let p5 = rows + stride * <usize>min(5, last);
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  let e0 = f32x4.splat(0);
  let e1 = f32x4.splat(0);
  let f0 = f32x4.splat(0);
  let f1 = f32x4.splat(0);
  const end = panel + 32 * <usize>k;
  while (panel < end) {
    const x = v128.load(panel, 0);
    const y = v128.load(panel, 16);
    let s = v128.load32_splat(p0, 0);
    a0 = fma(s, x, a0);
    a1 = fma(s, y, a1);
    s = v128.load32_splat(p1, 0);
    b0 = fma(s, x, b0);
    b1 = fma(s, y, b1);
    s = v128.load32_splat(p2, 0);
    c0 = fma(s, x, c0);
    c1 = fma(s, y, c1);
    s = v128.load32_splat(p3, 0);
    d0 = fma(s, x, d0);
    d1 = fma(s, y, d1);
    s = v128.load32_splat(p4, 0);
    e0 = fma(s, x, e0);
    e1 = fma(s, y, e1);
    s = v128.load32_splat(p5, 0);
    f0 = fma(s, x, f0);
    f1 = fma(s, y, f1);
    panel += 32;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
    p4 += 4;
    p5 += 4;
  }
  v128.store(tile, a0, 0);
  v128.store(tile, a1, 16);
  v128.store(tile, b0, 32);
  v128.store(tile, b1, 48);
  v128.store(tile, c0, 64);
  v128.store(tile, c1, 80);
  v128.store(tile, d0, 96);
  v128.store(tile, d1, 112);
  v128.store(tile, e0, 128);
  v128.store(tile, e1, 144);
  v128.store(tile, f0, 160);
  v128.store(tile, f1, 176);
}

/** As `multiplySix`, of four rows. */
function multiplyFour(
  rows: usize,
  stride: usize,
  count: i32,
  panel: usize,
  k: i32,
  tile: usize,
): void {
  const last = count - 1;
  let p0 = rows;
  let p1 = rows + stride * <usize>min(1, last);
  let p2 = rows + stride * <usize>min(2, last);
  let p3 = rows + stride * <usize>min(3, last);
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  const end = panel + 32 * <usize>k;
  while (panel < end) {
    const x = v128.load(panel, 0);
    const y = v128.load(panel, 16);
    let s = v128.load32_splat(p0, 0);
    a0 = fma(s, x, a0);
    a1 = fma(s, y, a1);
    s = v128.load32_splat(p1, 0);
    b0 = fma(s, x, b0);
    b1 = fma(s, y, b1);
    s = v128.load32_splat(p2, 0);
    c0 = fma(s, x, c0);
    c1 = fma(s, y, c1);
    s = v128.load32_splat(p3, 0);
    d0 = fma(s, x, d0);
    d1 = fma(s, y, d1);
    panel += 32;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
  }
  v128.store(tile, a0, 0);
  v128.store(tile, a1, 16);
  v128.store(tile, b0, 32);
  v128.store(tile, b1, 48);
  v128.store(tile, c0, 64);
  v128.store(tile, c1, 80);
  v128.store(tile, d0, 96);
  v128.store(tile, d1, 112);
}
