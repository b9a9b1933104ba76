// A checkpoint folder in Hugging Face layout: configuration, weights, tokenizer.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { checked, shown } from './checked.ts';
import { modulePath, weightShapes, type DecoderSpec } from './decoder-spec.ts';
import { decoderSpecFrom } from './families/index.ts';
import { optionalJson, requiredFile, requiredJson, type ModelFiles } from './model-files.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';

export interface Checkpoint {
  readonly spec: DecoderSpec;
  /** config.json as it was found. */
  readonly config: unknown;
  /** Exactly the tensors of `weightShapes(spec)`, by their checkpoint names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What was found but not used, for the user to read. */
  readonly notes: readonly string[];
  /** Read on the first call. Throws InputError as `loadTokenizer`. */
  tokenizer(): Promise<Tokenizer>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

const indexSchema = v.object({
  weight_map: v.record(
    v.string(),
    v.pipe(
      v.string('must be a file name'),
      v.regex(/^[\w-][\w.-]*$/, 'must be a file of the same folder'),
    ),
    'must map tensors to files',
  ),
});

/**
 * Reads a folder: `config.json` and `model.safetensors`, or the shards that
 * `model.safetensors.index.json` names. Tensors beyond those the decoder needs are noted.
 * @throws InputError naming the file, and for weights the tensor with expected and found shape.
 */
export async function readCheckpoint(files: ModelFiles): Promise<Checkpoint> {
  const config = await requiredJson(files, 'config.json');
  const spec = decoderSpecFrom(config);
  const stored = await storedTensors(files);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of weightShapes(spec)) {
    const tensor = stored.get(name) ?? tiedTwin(spec, name, stored);
    if (!tensor) throw misfit(`tensor ${shown(name)} of shape ${shown(shape)} is missing`);
    if (String(tensor.shape) !== String(shape)) {
      throw misfit(
        `tensor ${shown(name)} has shape ${shown(tensor.shape)}, expected ${shown(shape)}`,
      );
    }
    tensors.set(name, tensor);
  }
  let tokenizer: Promise<Tokenizer> | undefined;
  return {
    spec,
    config,
    tensors,
    notes: unusedNotes(stored, tensors),
    tokenizer: () => (tokenizer ??= fittingTokenizer(files, spec)),
  };
}

async function storedTensors(files: ModelFiles): Promise<Map<string, StoredTensor>> {
  const single = await files(SINGLE);
  if (single) return new Map(readSafetensors(single, SINGLE).tensors);
  const index = await optionalJson(files, INDEX);
  if (index === undefined) await requiredFile(files, SINGLE);
  const { weight_map } = checked(indexSchema, index, INDEX);
  const tensors = new Map<string, StoredTensor>();
  for (const shard of new Set(Object.values(weight_map))) {
    for (const [name, tensor] of readSafetensors(await requiredFile(files, shard), shard).tensors) {
      if (weight_map[name] === shard) tensors.set(name, tensor);
    }
  }
  return tensors;
}

/** A tied model may store the shared matrix under the name of its head only. */
function tiedTwin(spec: DecoderSpec, name: string, stored: ReadonlyMap<string, StoredTensor>) {
  const isEmbedding = name === `${modulePath(spec, 'embedding')}.weight`;
  return spec.tiedEmbeddings && isEmbedding
    ? stored.get(`${modulePath(spec, 'head')}.weight`)
    : undefined;
}

function unusedNotes(
  stored: ReadonlyMap<string, StoredTensor>,
  used: ReadonlyMap<string, StoredTensor>,
): string[] {
  const taken = new Set(used.values());
  const unused = [...stored].filter(([, tensor]) => !taken.has(tensor)).map(([name]) => name);
  if (unused.length === 0) return [];
  const some = unused.slice(0, 3).join(', ');
  return [
    `${unused.length} tensors of the file are not used: ${some}${unused.length > 3 ? ', ...' : ''}.`,
  ];
}

async function fittingTokenizer(files: ModelFiles, spec: DecoderSpec): Promise<Tokenizer> {
  const tokenizer = await loadTokenizer(files);
  const outside = tokenizer.endTokens.find((token) => token >= spec.vocabSize);
  if (outside === undefined) return tokenizer;
  throw new InputError(
    `The tokenizer's end token ${outside} is outside the model's vocabulary of ${spec.vocabSize}.`,
    'Use the tokenizer that belongs to the model.',
    'eos_token',
  );
}

function misfit(problem: string): InputError {
  return new InputError(
    `Weights: ${problem}.`,
    'Use config.json and weights of the same model.',
    'model.safetensors',
  );
}
