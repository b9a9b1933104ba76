// The decoder's weights on the present backend, by the decoder's own names.
import { toBf16Matrix, toF32Matrix, toInt8Matrix } from '../../tensor/quantise.ts';
import { tensorsOf } from '../../tensor/matrix.ts';
import type { Matrix } from '../../tensor/matrix.ts';
import * as tf from '../../tensor/tf.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { fusedTensors } from '../spec/fused-tensors.ts';
import type { FusedSource, FusedTensor } from '../spec/fused-tensors.ts';

/** How matrices are kept: bf16 and int8 take a half and about a quarter of the memory of f32. */
export type WeightFormat = 'f32' | 'bf16' | 'int8';

/** Values of a checkpoint's tensor, widened to f32, in the order they are stored. */
export type ReadTensor = (name: string) => Float32Array | Promise<Float32Array>;

/** Matrices and vectors by the names of `fusedTensors`. Owns its tensors. */
export class DecoderWeights {
  readonly #matrices = new Map<string, Matrix>();
  readonly #vectors = new Map<string, tf.Tensor1D>();

  /** @throws Error if the model has no such matrix */
  matrix(name: string): Matrix {
    const matrix = this.#matrices.get(name);
    if (matrix === undefined) throw new Error(`the decoder has no matrix ${name}`);
    return matrix;
  }

  vector(name: string): tf.Tensor1D | undefined {
    return this.#vectors.get(name);
  }

  /** Takes the tensors over. */
  set(name: string, value: Matrix | tf.Tensor1D): void {
    if ('format' in value) this.#matrices.set(name, value);
    else this.#vectors.set(name, value);
  }

  /** Everything as tensors, for training the weights themselves: f32 only. */
  trainable(): Map<string, tf.Tensor> {
    const tensors = new Map<string, tf.Tensor>(this.#vectors);
    for (const [name, matrix] of this.#matrices) {
      if (matrix.format !== 'f32') throw new Error(`${name} is kept as ${matrix.format}`);
      tensors.set(name, matrix.values);
    }
    return tensors;
  }

  /** Puts a new value in the place of a trainable tensor, which is disposed. */
  replace(name: string, value: tf.Tensor): void {
    const matrix = this.#matrices.get(name);
    if (matrix === undefined) {
      this.#vectors.get(name)?.dispose();
      this.#vectors.set(name, value as tf.Tensor1D);
      return;
    }
    const { rows, columns } = matrix;
    tf.dispose(tensorsOf(matrix));
    this.#matrices.set(name, { format: 'f32', rows, columns, values: value as tf.Tensor2D });
  }

  dispose(): void {
    tf.dispose(this.#tensors());
    this.#matrices.clear();
    this.#vectors.clear();
  }

  #tensors(): tf.Tensor[] {
    return [...[...this.#matrices.values()].flatMap(tensorsOf), ...this.#vectors.values()];
  }
}

/**
 * Reads a checkpoint tensor by tensor onto the present backend; at most one fused tensor is held in
 * ordinary memory. What is read must have the shapes of `weightShapes(spec)`.
 * @param format of the matrices; wasm and cpu keep f32 whatever it is, with the values it stands for
 */
export async function loadWeights(
  spec: DecoderSpec,
  read: ReadTensor,
  format: WeightFormat = 'f32',
): Promise<DecoderWeights> {
  const weights = new DecoderWeights();
  try {
    for (const fused of fusedTensors(spec)) {
      const values = await fusedValues(fused, read);
      weights.set(fused.name, keptTensor(fused, values, format));
    }
  } catch (error) {
    weights.dispose();
    throw error;
  }
  return weights;
}

/** [rows, columns] */
async function fusedValues(fused: FusedTensor, read: ReadTensor): Promise<Float32Array> {
  const { sources } = fused;
  const [only] = sources;
  if (sources.length === 1 && isAsStored(only!)) return await read(only!.name);
  const values = new Float32Array(fused.rows * fused.columns);
  for (const part of sources) place(values, fused, part, await read(part.name));
  return values;
}

function place(
  values: Float32Array,
  fused: FusedTensor,
  part: FusedSource,
  stored: Float32Array,
): void {
  const { scale = 1 } = part;
  if (isAsStored({ ...part, slice: undefined })) {
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

/** Whether the values are taken over as they lie in the file. */
const isAsStored = (part: Omit<FusedSource, 'slice'> & { readonly slice?: number | undefined }) =>
  !part.transposed &&
  part.slice === undefined &&
  !part.order &&
  part.scale === undefined &&
  part.width === undefined &&
  part.column === undefined;

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

function keptTensor(
  { kind, rows, columns }: FusedTensor,
  values: Float32Array,
  format: WeightFormat,
): Matrix | tf.Tensor1D {
  if (kind === 'vector') return tf.keep(tf.tensor1d(values));
  switch (format) {
    case 'f32':
      return toF32Matrix(values, rows, columns);
    case 'bf16':
      return toBf16Matrix(values, rows, columns);
    case 'int8':
      return toInt8Matrix(values, rows, columns);
  }
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
