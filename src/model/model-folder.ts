// A checkpoint folder in Hugging Face layout: configuration, weights, tokenizer.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { checked } from './files/checked.ts';
import {
  fittingTensors,
  type FittingTensors,
  type StoredFiles,
} from './spec/checkpoint-tensors.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { decoderSpecFrom } from './families/index.ts';
import { optionalJson, requiredFile, requiredJson, type ModelFiles } from './files/model-files.ts';
import { openSafetensors, readSafetensors } from './files/safetensors.ts';
import { modelFolder } from './gguf-folder.ts';
import { refuseAdapterFolder } from './adapter/stacking.ts';
import type { CheckpointTensor } from './files/stored-tensor.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';

/**
 * A model's files, opened. If the folder can read parts of files, the tensors' bytes come from it
 * whenever they are read; otherwise they are in memory.
 */
export interface ModelCheckpoint extends FittingTensors, ModelDescription {}

/** What a folder says of its model besides the weights. */
export interface ModelDescription {
  readonly spec: DecoderSpec;
  /** config.json as it was found. */
  readonly config: unknown;
  /** Read on the first call, unless it is at hand. Throws InputError as `loadTokenizer`. */
  tokenizer(read?: Tokenizer): Promise<Tokenizer>;
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
 * Reads a folder: `config.json` and `model.safetensors`, the shards that `model.safetensors.index.json`
 * names, or a GGUF file. Tensors beyond those the decoder needs are noted.
 * @throws InputError for a folder with an adapter; otherwise naming the file, and for weights the
 * tensor with expected and found shape.
 */
export async function readCheckpoint(folder: ModelFiles): Promise<ModelCheckpoint> {
  const files = await modelFolder(folder);
  const description = await described(files);
  return { ...description, ...fittingTensors(description.spec, await storedFiles(files)) };
}

/** The same without the weights, which need not be there. */
export const readDescription = async (folder: ModelFiles): Promise<ModelDescription> =>
  described(await modelFolder(folder));

async function described(files: ModelFiles): Promise<ModelDescription> {
  await refuseAdapterFolder(files);
  const config = await requiredJson(files, 'config.json');
  const spec = decoderSpecFrom(config);
  let tokenizer: Promise<Tokenizer> | undefined;
  const fitting = async (read?: Tokenizer) => checkEnds(read ?? (await loadTokenizer(files)), spec);
  return { spec, config, tokenizer: (read) => (tokenizer ??= fitting(read)) };
}

async function storedFiles(files: ModelFiles): Promise<StoredFiles> {
  if (files.tensors) return files.tensors();
  if ((await files.size?.(SINGLE)) !== undefined) return openSafetensors(files, SINGLE);
  const single = files.size ? undefined : await files(SINGLE);
  if (single) return readSafetensors(single, SINGLE);
  const index = await optionalJson(files, INDEX);
  if (index === undefined) await requiredFile(files, SINGLE);
  const { weight_map } = checked(indexSchema, index, INDEX);
  const tensors = new Map<string, CheckpointTensor>();
  const metadata: Record<string, string> = {};
  for (const shard of new Set(Object.values(weight_map))) {
    const file = await openSafetensors(files, shard);
    for (const [name, tensor] of file.tensors) {
      if (weight_map[name] === shard) tensors.set(name, tensor);
    }
    Object.assign(metadata, file.metadata);
  }
  return { tensors, metadata };
}

/** @throws InputError for a tokenizer of another model */
function checkEnds(tokenizer: Tokenizer, spec: DecoderSpec): Tokenizer {
  const outside = tokenizer.endTokens.find((token) => token >= spec.vocabSize);
  if (outside === undefined) return tokenizer;
  throw new InputError(
    `The tokenizer's end token ${outside} is outside the model's vocabulary of ${spec.vocabSize}.`,
    'Use the tokenizer that belongs to the model.',
    'eos_token',
  );
}
