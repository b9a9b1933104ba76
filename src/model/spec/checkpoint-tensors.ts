// The tensors that a decoder needs, found among those that a checkpoint stores.
import { InputError } from '../../core/errors.ts';
import { bareName } from '../files/bare-name.ts';
import { shown } from '../files/checked.ts';
import { modulePath, weightShapes, type DecoderSpec } from './decoder-spec.ts';
import { BLOCK, BLOCK_BYTES, mxfp4Tensor } from '../files/mxfp4.ts';
import { FLOAT_DTYPES, type CheckpointTensor, type TensorFile } from '../files/stored-tensor.ts';

/** All tensors of a checkpoint's files, and the texts beside them. */
export type StoredFiles = TensorFile<CheckpointTensor>;

export interface FittingTensors {
  /** Exactly the tensors of `weightShapes(spec)`, by those names. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Everything in the files, used or not, under the names that it has there. */
  readonly stored: StoredFiles;
  /** The file's name of a weight that is stored as it is, by its name in `tensors`. */
  readonly storedAs: ReadonlyMap<string, string>;
  /** What was found but not used, for the user to read. */
  readonly notes: readonly string[];
}

/**
 * Finds every weight of the decoder under one of the names that checkpoints give it. Experts may be
 * stored as MXFP4 blocks and scales.
 * @throws InputError naming a tensor that is missing, of another shape, or not of floats.
 */
export function fittingTensors(spec: DecoderSpec, stored: StoredFiles): FittingTensors {
  const tensors = new Map<string, CheckpointTensor>();
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const [name, shape] of weightShapes(spec)) {
    const storedAs = storedName(spec, name, stored);
    if (storedAs !== undefined) {
      tensors.set(name, floats(storedAs, shape, stored));
      names.set(name, storedAs);
      used.add(storedAs);
      continue;
    }
    const packed = packedNames(name);
    if (!stored.tensors.has(packed.blocks) && !stored.tensors.has(packed.scales)) {
      throw misfit(`tensor ${shown(name)} of shape ${shown(shape)} is missing`);
    }
    tensors.set(name, unpacked(packed, shape, stored));
    used.add(packed.blocks).add(packed.scales);
  }
  refuseMoreLayers(spec, stored);
  return { tensors, stored, storedAs: names, notes: unusedNotes(spec, stored, used) };
}

/**
 * Names that a checkpoint may use for a weight: the module's path; that path inside the bare model,
 * saved without its head; the name under which the metadata says a shared tensor is kept; and in a
 * tied model the head's for the embedding.
 */
function storedName(
  spec: DecoderSpec,
  name: string,
  { tensors, metadata }: StoredFiles,
): string | undefined {
  const isEmbedding = name === `${modulePath(spec, 'embedding')}.weight`;
  const twins = isEmbedding && spec.tiedEmbeddings ? [headName(spec)] : [];
  for (const candidate of [name, bareName(name), ...twins]) {
    if (tensors.has(candidate)) return candidate;
    const kept = metadata[candidate];
    if (kept !== undefined && tensors.has(kept)) return kept;
  }
  return undefined;
}

const headName = (spec: DecoderSpec) => `${modulePath(spec, 'head')}.weight`;

function floats(
  name: string,
  shape: readonly number[],
  { tensors }: StoredFiles,
): CheckpointTensor {
  const tensor = shaped(name, shape, tensors);
  if (FLOAT_DTYPES.includes(tensor.dtype) || tensor.codes) return tensor;
  throw misfit(
    `tensor ${shown(name)} is ${tensor.dtype}; weights must be ${FLOAT_DTYPES.join(', ')}`,
  );
}

const packedNames = (name: string) => ({ blocks: `${name}_blocks`, scales: `${name}_scales` });

function unpacked(
  names: ReturnType<typeof packedNames>,
  shape: readonly number[],
  { tensors }: StoredFiles,
): CheckpointTensor {
  const [experts = 0, inputs = 0, outputs = 0] = shape;
  const groups = [experts, outputs, inputs / BLOCK];
  const blocks = shaped(names.blocks, [...groups, BLOCK_BYTES], tensors);
  const scales = shaped(names.scales, groups, tensors);
  for (const [name, { dtype }] of [
    [names.blocks, blocks],
    [names.scales, scales],
  ] as const) {
    if (dtype !== 'U8') throw misfit(`tensor ${shown(name)} is ${dtype}; MXFP4 weights are U8`);
  }
  return mxfp4Tensor(blocks, scales);
}

function shaped(
  name: string,
  shape: readonly number[],
  tensors: ReadonlyMap<string, CheckpointTensor>,
): CheckpointTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw misfit(`tensor ${shown(name)} of shape ${shown(shape)} is missing`);
  if (String(tensor.shape) === String(shape)) return tensor;
  throw misfit(`tensor ${shown(name)} has shape ${shown(tensor.shape)}, expected ${shown(shape)}`);
}

/** @throws InputError where the file goes on after the last layer: the half of a model is another one */
function refuseMoreLayers({ layers }: DecoderSpec, { tensors }: StoredFiles): void {
  const indices = [...tensors.keys()].map((name) =>
    Number(/(?:^|\.)(?:layers|h|blk)\.(\d+)\./.exec(name)?.[1] ?? -1),
  );
  const stored = indices.reduce((most, index) => Math.max(most, index), -1) + 1;
  if (stored <= layers) return;
  throw misfit(`the file has ${stored} layers, and config.json names ${layers}`);
}

/** Attention masks and rotary tables, which old checkpoints carry along. */
const BUFFER = /\.((attn|attention)\.(masked_)?bias|rotary_emb\.inv_freq)$/;

function unusedNotes(
  spec: DecoderSpec,
  { tensors }: StoredFiles,
  used: ReadonlySet<string>,
): string[] {
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  const head = spec.tiedEmbeddings ? headName(spec) : undefined;
  const buffers = unused.filter((name) => BUFFER.test(name));
  const others = unused.filter((name) => !BUFFER.test(name) && name !== head);
  const some = (names: readonly string[]) =>
    `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}`;
  return [
    ...(others.length > 0
      ? [`${others.length} tensors of the file are not used: ${some(others)}.`]
      : []),
    ...(buffers.length > 0
      ? [`${buffers.length} buffers of the file are computed instead: ${some(buffers)}.`]
      : []),
    ...(head !== undefined && unused.includes(head)
      ? [`${head} is not used: this model shares its embedding with its head.`]
      : []),
  ];
}

function misfit(problem: string): InputError {
  return new InputError(
    `Weights: ${problem}.`,
    'Use config.json and weights of the same model.',
    'model.safetensors',
  );
}
