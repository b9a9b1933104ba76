// What one of the decoder's tensors holds, put together from those of a checkpoint, and the way back.
import {
  codesAs,
  formOfCodes,
  isCodes,
  someRows,
  valuesOfCodes,
} from '../../tensor/block-codes.ts';
import type { Rows } from '../../tensor/matrix-writer.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { fusedTensors, movesWholeRows } from '../spec/fused-tensors.ts';
import type { FusedSource, FusedTensor } from '../spec/fused-tensors.ts';

/**
 * A checkpoint's tensor in the order it is stored: its values, widened to f32, or the codes that stand
 * for them.
 */
export interface ReadTensor {
  (name: string): Rows | Promise<Rows>;
  /** Elements `from` up to, but without, `to`, whole rows of the last axis; left out where all are at hand. */
  part?(name: string, from: number, to: number): Rows | Promise<Rows>;
}

/** Values [rows, columns]. */
export async function fusedValues(fused: FusedTensor, read: ReadTensor): Promise<Float32Array> {
  const values = new Float32Array(fused.rows * fused.columns);
  for (const part of fused.sources) {
    const stored = await read(part.name);
    place(values, fused, part, isCodes(stored) ? valuesOfCodes(stored) : stored);
  }
  return values;
}

/** Rows `from` up to, but without, `to`. */
export const someFusedRows = (all: Rows, from: number, to: number, columns: number): Rows =>
  isCodes(all) ? someRows(all, from, to) : all.subarray(from * columns, to * columns);

/** The rows that lie at these places, one below the other. */
export function reordered(stored: Rows, order: Int32Array, columns: number): Rows {
  if (isCodes(stored)) return codesAs(stored, formOfCodes(stored), order);
  const values = new Float32Array(stored.length);
  order.forEach((from, row) =>
    values.set(someFusedRows(stored, from, from + 1, columns) as Float32Array, row * columns),
  );
  return values;
}

function place(
  values: Float32Array,
  fused: FusedTensor,
  part: FusedSource,
  stored: Float32Array,
): void {
  const { scale = 1 } = part;
  if (movesWholeRows(part) && !part.order) {
    const size = part.count * (fused.kind === 'vector' ? 1 : fused.columns);
    const from = (part.slice ?? 0) * size;
    values.set(stored.subarray(from, from + size), placesOf(fused, part).to(0, 0));
    return;
  }
  const { width, from, to } = placesOf(fused, part);
  for (let row = 0; row < part.count; row++) {
    for (let column = 0; column < width; column++) {
      values[to(row, column)] = scale * stored[from(row, column)]!;
    }
  }
}

/** Where an entry of a source lies in its file, and where in the fused tensor. */
function placesOf({ kind, columns }: FusedTensor, part: FusedSource) {
  const { first, count, transposed, slice = 0, order, column: only } = part;
  const vector = kind === 'vector' || only !== undefined;
  // A source of a matrix is as wide as the others are; what lies beside it is another's.
  const width = vector ? 1 : (part.width ?? columns);
  const start = slice * count * width;
  return {
    width,
    from(row: number, column: number): number {
      const stored = order ? order[row]! : row;
      return start + (transposed ? column * count + stored : stored * width + column);
    },
    to: (row: number, column: number) =>
      kind === 'vector' ? first + row : (first + row) * columns + (only ?? column),
  };
}

/**
 * The way back: a checkpoint's tensors from the decoder's values, as stored.
 * @param values by the names of `fusedTensors`
 * @param shapes `weightShapes(spec)`
 */
export function checkpointTensors(
  spec: DecoderSpec,
  values: ReadonlyMap<string, Float32Array>,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const result = new Map(
    [...shapes].map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, values: new Float32Array(size) }] as const;
    }),
  );
  for (const tensor of fusedTensors(spec)) {
    const fused = values.get(tensor.name)!;
    for (const part of tensor.sources) {
      const stored = result.get(part.name)!.values;
      const { width, from, to } = placesOf(tensor, part);
      for (let row = 0; row < part.count; row++) {
        for (let column = 0; column < width; column++) {
          stored[from(row, column)] = fused[to(row, column)]! / (part.scale ?? 1);
        }
      }
    }
  }
  return result;
}
