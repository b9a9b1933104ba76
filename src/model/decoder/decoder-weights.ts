// The decoder's weights on the present backend, by the decoder's own names.
import { MatrixWriter, type Rows } from '../../tensor/matrix-writer.ts';
import { formOf, FORMS, tensorsOf } from '../../tensor/matrix.ts';
import type { Matrix, MatrixForm, WeightFormat } from '../../tensor/matrix.ts';
import * as tf from '../../tensor/tf.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { fusedTensors, movesWholeRows, type FusedSource } from '../spec/fused-tensors.ts';
import { fusedValues, reordered, someFusedRows, type ReadTensor } from './fused-values.ts';

/** How each matrix is kept, by the names of `fusedTensors`. */
export type FormOfMatrix = (name: string) => MatrixForm;

/** All in the same form, or each in its own. */
export type WeightForms = WeightFormat | FormOfMatrix;

export const formLookup = (forms: WeightForms): FormOfMatrix =>
  typeof forms === 'string' ? () => FORMS[forms] : forms;

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

  /** All of them by their names. */
  *[Symbol.iterator](): Generator<[string, Matrix | tf.Tensor1D]> {
    yield* this.#matrices;
    yield* this.#vectors;
  }

  /** How every matrix is kept, by its name. */
  forms(): Map<string, MatrixForm> {
    return new Map([...this.#matrices].map(([name, matrix]) => [name, formOf(matrix)]));
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
 * Values that are read at once: enough to keep a disk busy, few enough that all their forms on the way to the
 * backend come to some megabytes.
 */
const AT_ONCE = 2 ** 19;

/**
 * Reads a checkpoint onto the present backend, some rows at a time where the reader can. What is read must
 * have the shapes of `weightShapes(spec)`.
 * @param forms of the matrices; values are rounded to what they hold, and codes that they hold are taken over
 */
export async function loadWeights(
  spec: DecoderSpec,
  read: ReadTensor,
  forms: WeightForms = 'f32',
): Promise<DecoderWeights> {
  const formOfMatrix = formLookup(forms);
  const weights = new DecoderWeights();
  try {
    for (const fused of fusedTensors(spec)) {
      const { name, kind, rows, columns, sources } = fused;
      if (kind === 'vector') {
        weights.set(name, tf.keep(tf.tensor1d(await fusedValues(fused, read))));
        continue;
      }
      const writer = new MatrixWriter(rows, columns, formOfMatrix(name));
      weights.set(name, writer.matrix);
      if (!sources.every(movesWholeRows)) writer.put(0, await fusedValues(fused, read));
      else for (const part of sources) await copyRows(part, columns, read, writer);
    }
  } catch (error) {
    weights.dispose();
    throw error;
  }
  return weights;
}

async function copyRows(
  { name, first, count, slice = 0, order }: FusedSource,
  columns: number,
  read: ReadTensor,
  writer: MatrixWriter,
): Promise<void> {
  // Rows in another order may lie anywhere in their slice.
  const step = order || !read.part ? count : Math.max(1, Math.floor(AT_ONCE / columns));
  for (let row = 0; row < count; row += step) {
    const [from, to] = [slice * count + row, slice * count + Math.min(count, row + step)];
    const ordered = (rows: Rows) => (order ? reordered(rows, order, columns) : rows);
    if (read.part) {
      writer.take(first + row, ordered(await read.part(name, from * columns, to * columns)));
    } else writer.put(first + row, ordered(someFusedRows(await read(name), from, to, columns)));
  }
}
