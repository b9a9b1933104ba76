// An operand packed in the order in which tiles use it: panels of eight columns.
import { COLUMNS } from './tile';
import { turnBlock } from './transpose';
import { widen } from './weights';

/** Addends that are summed up before they are added to what is there: bounds panels, and rounding. */
export const DEPTH: i32 = 768;
/** Columns of a block: its panels, 288 KiB, stay in a core's second cache while rows pass. */
export const WIDTH: i32 = 96;
/** Rows that are packed together: few enough to stay in the first cache until all panels have their part. */
const STRIP: i32 = 16;

/** Panels of rows `row` to `row + k`, a strip at a time; codes are widened into `room` first. */
export function packBlock(
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
export function packRows(from: usize, stride: usize, k: i32, count: i32, panels: usize): void {
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
