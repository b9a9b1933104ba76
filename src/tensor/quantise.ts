// Rounding of weights to codes, block by block.
import type { BlockCodes, CodeForm } from './block-codes.ts';

/**
 * Without minimums codes reach from -127 to 127 and a block's scale is its largest magnitude / 127;
 * with them they divide the way from its least value to its largest evenly. Either way a value is off
 * by at most half a step.
 * @param values [rows, columns], finite
 */
export function quantised(
  values: Float32Array,
  rows: number,
  columns: number,
  { bits, block, hasMinimums }: CodeForm,
): BlockCodes {
  const blocks = Math.ceil(columns / block);
  const codes = new (bits === 4 ? Uint8Array : Int8Array)(rows * blocks * block);
  const scales = new Float32Array(rows * blocks);
  const minimums = hasMinimums ? new Float32Array(rows * blocks) : undefined;
  for (let place = 0; place < scales.length; place++) {
    const [row, first] = [Math.floor(place / blocks), (place % blocks) * block];
    const start = row * columns + first;
    const own = values.subarray(start, start + Math.min(block, columns - first));
    const into = codes.subarray(place * block, place * block + own.length);
    if (!minimums) scales[place] = roundEvenly(own, into);
    else [scales[place], minimums[place]] = roundFrom(own, into, bits);
  }
  return { rows, columns, bits, block, codes, scales, ...(minimums && { minimums }) };
}

/** Fills `codes` with signed ones around 0. @returns the scale */
function roundEvenly(values: Float32Array, codes: Uint8Array | Int8Array): number {
  let top = 0;
  for (const value of values) top = Math.max(top, Math.abs(value));
  const scale = Math.fround(top / 127);
  if (scale === 0) return 0;
  for (let i = 0; i < values.length; i++) codes[i] = Math.round(values[i]! / scale);
  return scale;
}

/** Fills `codes` with steps above the least value. @returns scale and minimum */
function roundFrom(
  values: Float32Array,
  codes: Uint8Array | Int8Array,
  bits: CodeForm['bits'],
): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [steps, least] = bits === 4 ? [15, 0] : [255, -128];
  const scale = shortened((high - low) / steps);
  for (let i = 0; i < values.length; i++) {
    const step = scale === 0 ? 0 : Math.round((values[i]! - low) / scale);
    codes[i] = least + Math.min(steps, step);
  }
  return [scale, Math.fround(low - scale * least)];
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/**
 * The next number of 16 significant bits, or `x` itself: its product with a code is exact, so that
 * processors that round once after multiplying and adding compute the same as those that round twice.
 */
function shortened(x: number): number {
  float[0] = x;
  if (float[0]! < x) word[0]!++;
  word[0] = (word[0]! + 0xff) & ~0xff;
  return float[0]!;
}
