// What one of the decoder's tensors holds, put together from those of a checkpoint, and the way back.
import { stackCodes, valuesOfCodes } from '../../tensor/block-codes.ts';
import type { BlockCodes, CodedRows } from '../../tensor/block-codes.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { fusedTensors, movesWholeRows } from '../spec/fused-tensors.ts';
import type { FusedSource, FusedTensor } from '../spec/fused-tensors.ts';

/**
 * A checkpoint's tensor in the order it is stored: its values, widened to f32, or the codes that stand
 * for them.
 */
export type ReadTensor = (
  name: string,
) => Float32Array | BlockCodes | Promise<Float32Array | BlockCodes>;

export const isCodes = (stored: Float32Array | BlockCodes): stored is BlockCodes =>
  'codes' in stored;

/** Values [rows, columns], or codes where all sources have them: in the form that loses none. */
export async function fusedValues(
  fused: FusedTensor,
  read: ReadTensor,
): Promise<Float32Array | BlockCodes> {
  const { sources } = fused;
  const [only] = sources;
  if (sources.length === 1 && isAsStored(only!)) return read(only!.name);
  const coded: CodedRows[] = [];
  let values: Float32Array | undefined;
  for (const part of sources) {
    const stored = await read(part.name);
    if (isCodes(stored) && values === undefined && movesWholeRows(part)) {
      coded.push(rowsOf(stored, part));
      continue;
    }
    // Codes come in the order of the rows, from the first one on.
    values ??= leadingValues(fused, coded);
    place(values, fused, part, isCodes(stored) ? valuesOfCodes(stored) : stored);
  }
  return values ?? stackCodes(coded);
}

/** Whether all of the stored tensor is taken over as it lies in the file. */
const isAsStored = (part: FusedSource) =>
  movesWholeRows(part) && !part.order && part.slice === undefined;

function rowsOf(codes: BlockCodes, { count, slice = 0, order }: FusedSource): CodedRows {
  return { codes, count, rowAt: (i) => slice * count + (order ? order[i]! : i) };
}

function leadingValues({ rows, columns }: FusedTensor, coded: readonly CodedRows[]): Float32Array {
  const values = new Float32Array(rows * columns);
  if (coded.length > 0) values.set(valuesOfCodes(stackCodes(coded)));
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
