// The types that a GGUF file is written in, and how values are rounded to them.
import { narrowToF16 } from '../files/float-formats.ts';
import { LAYOUTS } from './types.ts';

/** What matrices may be written as. */
export const GGUF_PRECISIONS = ['F32', 'F16', 'Q8_0'] as const;
export type GgufPrecision = (typeof GGUF_PRECISIONS)[number];

/** `general.file_type`, ggml's number for what most tensors of a file are. */
export const FILE_TYPE: Readonly<Record<GgufPrecision, number>> = { F32: 0, F16: 1, Q8_0: 7 };

/** What a tensor of this shape is written as: vectors stay F32, and rows of no whole blocks are halves. */
export function precisionFor(shape: readonly number[], wished: GgufPrecision): GgufPrecision {
  if (shape.length < 2) return 'F32';
  return shape.at(-1)! % LAYOUTS[wished].values === 0 ? wished : 'F16';
}

/** @param values of whole blocks */
export function narrowed(values: Float32Array, precision: GgufPrecision): Uint8Array {
  if (precision === 'Q8_0') return toQ80(values);
  const stored = precision === 'F16' ? narrowToF16(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** As ggml's own `quantize_row_q8_0_ref`: arithmetic in F32, ties away from zero, the scale a half. */
function toQ80(values: Float32Array): Uint8Array {
  const { values: size, bytes } = LAYOUTS.Q8_0;
  const blocks = values.length / size;
  const out = new Uint8Array(blocks * bytes);
  const scales = new Float32Array(blocks);
  for (let b = 0; b < blocks; b++) {
    let top = 0;
    for (let i = b * size; i < (b + 1) * size; i++) top = Math.max(top, Math.abs(values[i]!));
    const scale = Math.fround(top / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[b] = scale;
    for (let i = 0; i < size; i++) {
      const x = Math.fround(values[b * size + i]! * inverse);
      out[b * bytes + 2 + i] = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
    }
  }
  narrowToF16(scales).forEach((half, b) => {
    out[b * bytes] = half & 255;
    out[b * bytes + 1] = half >> 8;
  });
  return out;
}
