// A checkpoint with an adapter merged into its weights, written piece by piece.
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { narrowToBf16, narrowToF16 } from './files/float-formats.ts';
import type { ModelCheckpoint } from './model-folder.ts';
import type { ModelFiles } from './files/model-files.ts';
import { TOKENIZER_COPIES } from './files/tokenizer-files.ts';
import type { LoraPair } from './adapter/lora-pair.ts';
import { shapeOf, type AdapterFile } from './adapter/peft.ts';
import { isBlockType } from './files/block-types.ts';
import type { Dtype } from './files/safetensors-header.ts';
import { layOutTensors } from './files/safetensors-writer.ts';
import type { CheckpointTensor } from './files/stored-tensor.ts';

/** A file to be written: its chunks in order are the whole of it. */
export interface OutgoingFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Reads and computes as it goes, so that a slow sink holds it back. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Values at a time: some megabytes. */
export const CHUNK = 1 << 20;

/** Those of a folder that belong to its tokenizer. */
export async function* tokenizerFiles(
  files: ModelFiles,
): AsyncGenerator<readonly [string, Uint8Array]> {
  for (const name of TOKENIZER_COPIES) {
    const bytes = await files(name);
    if (bytes) yield [name, bytes];
  }
}

/** The files of a folder with the merged model, or without an adapter with the model as it is: those that describe it as they are, then its weights. */
export async function* mergedFolder(
  files: ModelFiles,
  checkpoint: ModelCheckpoint,
  adapter?: AdapterFile,
): AsyncGenerator<OutgoingFile> {
  for (const name of ['config.json', ...TOKENIZER_COPIES]) {
    const bytes = await files(name);
    if (bytes === undefined) continue;
    yield { name, size: bytes.length, chunks: () => one(bytes) };
  }
  yield mergedWeights(checkpoint, adapter);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * One safetensors file with W + scaling * B A for every adapted projection and everything else as it
 * is stored: same names, types and layouts. Sums are rounded once, to the type of the weight.
 * @param chunk Values that a chunk holds at most, if a row of the tensor is not longer.
 */
export function mergedWeights(
  checkpoint: ModelCheckpoint,
  adapter?: AdapterFile,
  chunk = CHUNK,
): OutgoingFile {
  const { tensors, metadata } = checkpoint.stored;
  const layout = layOutTensors(written(tensors), { format: 'pt', ...metadata });
  const updates = adapter ? updatesOf(checkpoint, adapter) : new Map<string, Update>();
  return {
    name: 'model.safetensors',
    size: layout.size,
    async *chunks() {
      yield layout.header;
      for (const name of layout.positions.keys()) {
        const tensor = tensors.get(name)!;
        const update = updates.get(name);
        yield* update ? mergedRows(tensor, update, chunk) : storedBytes(tensor, chunk);
      }
    },
  };
}

/** The types that tensors are written in. */
function written(tensors: ReadonlyMap<string, CheckpointTensor>) {
  return new Map(
    [...tensors].map(([name, { shape, dtype }]) => [name, { shape, dtype: plainType(dtype) }]),
  );
}

/** Blocks become halves, which are closer to any of their values than the blocks were to the weights. */
const plainType = (dtype: CheckpointTensor['dtype']): Dtype => (isBlockType(dtype) ? 'F16' : dtype);

/** What is added to a stored weight. */
interface Update {
  readonly pair: LoraPair;
  readonly rank: number;
  readonly scaling: number;
  /** Stored [inputs, outputs]. */
  readonly transposed: boolean;
}

/** By the name of the stored weight. */
function updatesOf({ spec, storedAs }: ModelCheckpoint, adapter: AdapterFile): Map<string, Update> {
  const updates = new Map<string, Update>();
  for (const [path, pair] of adapter.tensors) {
    const name = storedAs.get(`${path}.weight`);
    if (name === undefined) continue;
    const { rank, scaling } = shapeOf(adapter, pair);
    updates.set(name, { pair, rank, scaling, transposed: spec.transposedLinears });
  }
  return updates;
}

async function* storedBytes(tensor: CheckpointTensor, chunk: number): AsyncGenerator<Uint8Array> {
  const size = tensor.shape.reduce((all, extent) => all * extent, 1);
  for (let from = 0; from < size; from += chunk) {
    const end = Math.min(size, from + chunk);
    if (tensor.codes) yield narrowed(await tensor.read(from, end), tensor.dtype);
    else yield await tensor.bytes(from, end);
  }
}

async function* mergedRows(
  tensor: CheckpointTensor,
  update: Update,
  chunk: number,
): AsyncGenerator<Uint8Array> {
  const [rows = 0, columns = 0] = tensor.shape;
  const atOnce = Math.max(1, Math.floor(chunk / columns));
  for (let first = 0; first < rows; first += atOnce) {
    const end = Math.min(rows, first + atOnce);
    const values = await tensor.read(first * columns, end * columns);
    for (let row = first; row < end; row++) {
      const start = (row - first) * columns;
      addDelta(values.subarray(start, start + columns), row, update);
    }
    yield narrowed(values, tensor.dtype);
  }
}

/** What an adapter makes of a decoder's weights as they are read. */
export interface Merging {
  readonly changes: (name: string) => boolean;
  /** Changes whole rows of the tensor of that name in place, from element `from` on: W + scaling * B A. */
  readonly change: (name: string, values: Float32Array, from: number) => void;
}

export function mergeInto(spec: DecoderSpec, adapter: AdapterFile): Merging {
  const transposed = spec.transposedLinears;
  const pairOf = (name: string) => adapter.tensors.get(name.replace(/\.weight$/, ''));
  return {
    changes: (name) => pairOf(name) !== undefined,
    change(name, values, from) {
      const pair = pairOf(name);
      if (pair === undefined) return;
      const { rank, scaling } = shapeOf(adapter, pair);
      const columns = (transposed ? pair.b.length : pair.a.length) / rank;
      for (let row = 0; row * columns < values.length; row++) {
        const own = values.subarray(row * columns, (row + 1) * columns);
        addDelta(own, from / columns + row, { pair, rank, scaling, transposed });
      }
    },
  };
}

/** Adds row `row` of scaling * B A, or of its transpose, to `values`. */
function addDelta(values: Float32Array, row: number, { pair, ...update }: Update): void {
  const { rank, scaling, transposed } = update;
  const columns = values.length;
  const delta = new Float64Array(columns);
  for (let r = 0; r < rank; r++) {
    const [factor, at, stride] = transposed
      ? [pair.a[r * (pair.a.length / rank) + row]!, r, rank] // B's column r
      : [pair.b[row * rank + r]!, r * columns, 1]; // A's row r
    const along = transposed ? pair.b : pair.a;
    for (let i = 0; i < columns; i++) delta[i]! += factor * along[at + i * stride]!;
  }
  for (let i = 0; i < columns; i++) values[i] = values[i]! + scaling * delta[i]!;
}

function narrowed(values: Float32Array, dtype: CheckpointTensor['dtype']): Uint8Array {
  const type = plainType(dtype);
  const stored =
    type === 'BF16' ? narrowToBf16(values) : type === 'F16' ? narrowToF16(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
