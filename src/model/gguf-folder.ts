// A GGUF file as a folder in Hugging Face layout: everyone who reads models reads it as one.
import { InputError } from '../core/errors.ts';
import { shown } from './files/checked.ts';
import type { ModelFiles } from './files/model-files.ts';
import { TOKENIZER_FILES } from './files/tokenizer-files.ts';
import type { CheckpointTensor, TensorFile } from './files/stored-tensor.ts';
import { decoderSpecFrom, MODEL_FAMILIES } from './families/index.ts';
import { bare, refusedArchitecture } from './families/refused.ts';
import type { ModelFamily } from './families/family.ts';
import { ggufConfig, isConfiguration } from './gguf/config.ts';
import type { GgufDialect } from './gguf/dialect.ts';
import { unusable } from './gguf/faults.ts';
import { ggufNames } from './gguf-names.ts';
import { openGguf, type GgufFile } from './gguf/open.ts';
import { ggufTensor, stackedIn } from './gguf/tensor.ts';
import { ggufTokenizer, ggufTokenizerConfig } from './gguf/tokenizer.ts';
import { writtenOut } from './tokenizer/vocabulary-form.ts';
import type { GgufDescription } from './gguf/description.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';

export const isGguf = (name: string): boolean => /\.gguf$/i.test(name);

/**
 * The folder in Hugging Face layout; one without a configuration, but with a GGUF file, is what that says.
 * @throws InputError where there are several GGUF files, or the one is nothing to use
 */
export async function modelFolder(files: ModelFiles): Promise<ModelFiles> {
  if (files.tensors) return files;
  const name = await ggufName(files);
  return name === undefined ? files : ggufFolder(files, name);
}

/** Undefined where the folder is in Hugging Face layout, or has no GGUF file. */
async function ggufName(files: ModelFiles): Promise<string | undefined> {
  const names = (await files.names?.()) ?? [];
  const found = names.filter(isGguf);
  if (found.length === 0 || names.includes('config.json')) return undefined;
  if (found.length === 1) return found[0];
  const some = found.slice(0, 4).map(shown).join(', ');
  throw new InputError(
    `The folder has ${found.length} GGUF files: ${some}${found.length > 4 ? ', ...' : ''}.`,
    'Name the one to use.',
    'model',
  );
}

/** The part of a folder that belongs to one GGUF file in it. */
export function onlyGguf(files: ModelFiles, name: string): ModelFiles {
  const kept = (each: string) => each === name || TOKENIZER_FILES.includes(each);
  const { range, size, names } = files;
  return Object.assign(async (each: string) => (kept(each) ? files(each) : undefined), {
    ...(range && { range: range.bind(files) }),
    ...(size && { size: async (each: string) => (kept(each) ? size(each) : undefined) }),
    names: async () => (names ? (await names()).filter(kept) : [name]),
  });
}

async function ggufFolder(files: ModelFiles, name: string): Promise<ModelFiles> {
  const file = await openGguf(files, name);
  const { family, dialect } = familyOf(file);
  const config = await ggufConfig(file, family.type, dialect);
  const spec = decoderSpecFrom(config, name);
  // What a person puts beside a GGUF file wins over what the file says itself.
  const own = (await files.names?.())?.includes('tokenizer.json') ? TOKENIZER_FILES : [];
  const made: Readonly<Record<string, () => object>> = {
    'config.json': () => config,
    'tokenizer.json': () => ggufTokenizer(file.metadata),
    'tokenizer_config.json': () => ggufTokenizerConfig(file.metadata),
  };
  const json = async (each: string) => (own.includes(each) ? undefined : made[each]?.());
  const read = async (each: string) => {
    if (own.includes(each)) return files(each);
    const parsed = await json(each);
    return parsed && new TextEncoder().encode(JSON.stringify(writtenOut(parsed)));
  };
  return Object.assign(read, {
    json,
    names: async () => [name, ...new Set([...own, ...Object.keys(made)])],
    tensors: async () => renamed(file, spec, dialect),
  });
}

/** What says how files were quantised, or laid out: no part of the model. */
const OF_ITS_FILE = /^(general\.(file_type|quantization_version|alignment)$|quantize\.|split\.)/;

/** What a GGUF file says besides its weights, for one that is written anew; undefined for other folders. */
export async function describedByFile(files: ModelFiles): Promise<GgufDescription | undefined> {
  const name = await ggufName(files);
  if (name === undefined) return undefined;
  const file = await openGguf(files, name);
  const { dialect } = familyOf(file);
  const vectors = new Map<string, Float32Array>();
  for (const [stored, entry] of file.entries) {
    if (!isConfiguration(stored)) continue;
    vectors.set(stored, await ggufTensor(entry, file.load, file.where(stored)).read());
  }
  const keys = [...file.metadata.stored()].filter(([key]) => !OF_ITS_FILE.test(key));
  return { dialect, keys: new Map(keys), vectors };
}

function familyOf({ metadata, source }: GgufFile): { family: ModelFamily; dialect: GgufDialect } {
  const type = metadata.text('general.type') ?? 'model';
  if (type !== 'model') {
    const adapter = type === 'adapter';
    throw unusable(
      source,
      adapter ? 'is a LoRA adapter, not a model' : `is of the kind ${shown(type)}, not a model`,
      adapter ? 'Load its base model, and give this file as the adapter.' : 'Give a model.',
    );
  }
  if ((metadata.number('split.count') ?? 1) > 1) {
    throw unusable(
      source,
      'is one of several parts of a model',
      'Join the parts: llama-gguf-split --merge FIRST-PART OUT.gguf.',
    );
  }
  const architecture = metadata.text('general.architecture');
  const family = MODEL_FAMILIES.find(({ gguf }) => gguf?.architecture === architecture);
  if (family?.gguf) return { family, dialect: family.gguf };
  throw architecture === undefined
    ? unusable(
        source,
        'does not say of which architecture it is (general.architecture)',
        'Use the file as its model was published.',
        'general.architecture',
      )
    : notRead(architecture, source);
}

function notRead(architecture: string, source: string): InputError {
  const inFolders = MODEL_FAMILIES.find(({ type }) => bare(type) === bare(architecture));
  const need = refusedArchitecture(architecture);
  const known = MODEL_FAMILIES.flatMap(({ gguf }) => gguf?.architecture ?? []);
  return unusable(
    source,
    `is of the architecture ${shown(architecture)}, which is not supported as GGUF${need ? `: it needs ${need}` : ''}`,
    inFolders
      ? `Use its folder in Hugging Face layout (${inFolders.type}, safetensors), which is read.`
      : `Supported are ${[...new Set(known)].join(', ')}.`,
    'general.architecture',
  );
}

/** The tensors under Hugging Face's names, those that it has none for under their own. */
function renamed(
  file: GgufFile,
  spec: DecoderSpec,
  dialect: GgufDialect,
): TensorFile<CheckpointTensor> {
  const views = ggufNames(spec, dialect);
  const tensors = new Map<string, CheckpointTensor>();
  for (const [stored, entry] of file.entries) {
    if (isConfiguration(stored)) continue;
    const { names, ...view } = views.get(stored) ?? { names: [stored] };
    const parts = names.length === 1 ? [entry] : stackedIn(entry, names.length, file.where(stored));
    parts.forEach((part, i) => {
      tensors.set(names[i]!, ggufTensor(part, file.load, file.where(stored), view));
    });
  }
  return { tensors, metadata: {} };
}
