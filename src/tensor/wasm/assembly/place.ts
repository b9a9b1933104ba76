// Tiles on their way to where a product is wanted: turned or as they are, times a factor, added to what is there.
import { COLUMNS, ROWS } from './tile';
import { turnBlock } from './transpose';
import { load4, store4 } from './vector';

/** Writes the transpose [8][8] behind a tile [6][8]; its last two columns are anything. @returns its address */
export function turnTile(tile: usize): usize {
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
export function placeTurned(to: usize, toNext: usize, factor: f32, adds: bool, tile: usize): void {
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
export function placeTile(
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
export function placeFour(to: usize, from: usize, left: i32, factors: v128, adds: bool): void {
  let values = f32x4.mul(factors, v128.load(from));
  if (adds) values = f32x4.add(load4(to, left), values);
  store4(to, values, left);
}
