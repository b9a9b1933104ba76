// A model as a GGUF file, an adapter merged into it or not, written tensor by tensor.
import type { AdapterFile } from './adapter/peft.ts';
import type { CheckpointTensor } from './files/stored-tensor.ts';
import type { GgufDescription } from './gguf/description.ts';
import { FILE_TYPE, narrowed, precisionFor, type GgufPrecision } from './gguf/narrow.ts';
import type { GgufView } from './gguf/tensor.ts';
import { layOutGguf, type TensorToLayOut } from './gguf/writer.ts';
import { ggufNames } from './gguf-names.ts';
import { CHUNK, mergeInto, type Merging, type OutgoingFile } from './merge.ts';
import type { ModelCheckpoint } from './model-folder.ts';

/** A tensor that is written: where it comes from, and as what it goes. */
interface Outgoing extends GgufView {
  /** Weights of the checkpoint that lie in it one after the other, by name. */
  readonly parts: readonly (readonly [string, CheckpointTensor])[];
  readonly shape: readonly number[];
  readonly type: GgufPrecision;
}

/**
 * Matrices W + scaling * B A, or W, rounded once to `precision`; vectors are F32.
 * @param chunk values that a piece holds at most, if the rows of a head are no more
 */
export function mergedGguf(
  { spec, tensors }: ModelCheckpoint,
  { dialect, keys, vectors }: GgufDescription,
  precision: GgufPrecision,
  adapter?: AdapterFile,
  chunk = CHUNK,
): OutgoingFile {
  const outgoing = new Map<string, Outgoing>();
  for (const [stored, { names, ...view }] of ggufNames(spec, dialect)) {
    const parts = names.flatMap((name) => {
      const tensor = tensors.get(name);
      return tensor ? [[name, tensor] as const] : [];
    });
    if (parts.length < names.length) continue;
    const shape = [...(names.length > 1 ? [names.length] : []), ...parts[0]![1].shape];
    // llama.cpp chooses experts by numbers that nothing has rounded.
    const type = stored.includes('ffn_gate_inp') ? 'F32' : precisionFor(shape, precision);
    outgoing.set(stored, { ...view, parts, shape, type });
  }
  const written = new Map<string, TensorToLayOut>(outgoing);
  for (const [vector, { length }] of vectors) {
    written.set(vector, { shape: [length], type: 'F32' });
  }
  const layout = layOutGguf(
    new Map([...keys, ['general.file_type', { u32: FILE_TYPE[precision] }]]),
    written,
  );
  const merging = adapter && mergeInto(spec, adapter);
  return {
    name: `model-${precision}.gguf`,
    size: layout.size,
    async *chunks() {
      yield layout.header;
      let at = layout.header.length;
      for (const [stored, position] of layout.positions) {
        yield new Uint8Array(position - at);
        at = position;
        const source = outgoing.get(stored);
        const pieces = source
          ? sourcePieces(source, merging, chunk)
          : [narrowed(vectors.get(stored)!, 'F32')];
        for await (const piece of pieces) {
          yield piece;
          at += piece.length;
        }
      }
      yield new Uint8Array(layout.size - at);
    },
  };
}

async function* sourcePieces(
  { parts, ...how }: Outgoing,
  merging: Merging | undefined,
  chunk: number,
): AsyncGenerator<Uint8Array> {
  for (const [name, tensor] of parts) yield* weightPieces(name, tensor, how, merging, chunk);
}

async function* weightPieces(
  name: string,
  tensor: CheckpointTensor,
  { type, order, plus = 0 }: Omit<Outgoing, 'parts'>,
  merging: Merging | undefined,
  chunk: number,
): AsyncGenerator<Uint8Array> {
  const { shape } = tensor;
  // A vector has rows of one: those of a bias are put in order, too.
  const columns = shape.length > 1 ? shape.at(-1)! : 1;
  const rows = shape.reduce((all, extent) => all * extent, 1) / columns;
  const group = order?.length ?? 1;
  const atOnce = group * Math.max(1, Math.floor(chunk / columns / group));
  for (let first = 0; first < rows; first += atOnce) {
    const end = Math.min(rows, first + atOnce);
    const values = await tensor.read(first * columns, end * columns);
    merging?.change(name, values, first * columns);
    if (plus !== 0) for (let i = 0; i < values.length; i++) values[i]! -= plus;
    yield narrowed(order ? putBack(values, columns, order) : values, type);
  }
}

/** Whole groups of rows in the file's order: `order` names the row of the file that each row comes from. */
function putBack(values: Float32Array, columns: number, order: readonly number[]): Float32Array {
  const put = new Float32Array(values.length);
  for (let row = 0; row * columns < values.length; row++) {
    const within = row % order.length;
    const to = row - within + order[within]!;
    put.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return put;
}
