// What a folder is that lacks a file which models have, and what would make one of it.
import { InputError } from '../../core/errors.ts';

const LAYOUT =
  'Give a folder in Hugging Face layout: config.json, tokenizer.json, model.safetensors.';
const SAVE = 'Save the model again with transformers:';
const WEIGHTS = `${SAVE} AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(FOLDER) writes model.safetensors.`;
const TOKENIZER = `${SAVE} AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes tokenizer.json.`;

/** Of a folder, what tells which files are there. */
interface Listing {
  size?(name: string): Promise<number | undefined>;
  names?(): Promise<readonly string[]>;
}

interface Kind {
  readonly file: RegExp;
  readonly what: string;
  readonly advice: string;
}

const OTHER_FORMATS: readonly Kind[] = [
  {
    file: /\.gguf$/i,
    what: 'GGUF',
    advice: 'Name that file itself as the model.',
  },
  { file: /^onnx\/|\.onnx$/, what: 'ONNX', advice: `Use the original model. ${LAYOUT}` },
  { file: /^pytorch_model.*\.bin$|\.(pt|pth|ckpt)$/, what: 'PyTorch', advice: WEIGHTS },
  { file: /^tf_model.*\.h5$/, what: 'TensorFlow', advice: WEIGHTS },
  { file: /^flax_model.*\.msgpack$/, what: 'Flax', advice: WEIGHTS },
  { file: /^(weights.*|model)\.npz$/, what: 'MLX', advice: `Use the original model. ${LAYOUT}` },
  {
    file: /^consolidated.*\.safetensors$/,
    what: "Mistral's own",
    advice: `Use the model in Hugging Face layout. ${LAYOUT}`,
  },
];

/** By what is missing: the kinds of files that may be there in its place. */
const INSTEAD: Readonly<Record<string, readonly Kind[]>> = {
  'config.json': [
    { file: /^snapshots\//, what: "the hub's cache", advice: 'Give the folder inside snapshots.' },
    ...OTHER_FORMATS,
  ],
  'model.safetensors': [
    {
      file: /^model-\d+-of-\d+\.safetensors$/,
      what: 'a part of the weights',
      advice: 'Add model.safetensors.index.json, which says where each tensor is.',
    },
    ...OTHER_FORMATS,
  ],
  'tokenizer.json': [
    {
      file: /^(tokenizer|spiece|sentencepiece.*)\.model$/,
      what: 'SentencePiece',
      advice: TOKENIZER,
    },
    { file: /^vocab\.json$|^merges\.txt$|\.tiktoken$/, what: 'an older form', advice: TOKENIZER },
  ],
};

/** What shows each kind where a folder cannot list its files. */
const USUAL = [
  ...['pytorch_model.bin', 'pytorch_model.bin.index.json', 'pytorch_model-00001-of-00002.bin'],
  ...['tf_model.h5', 'flax_model.msgpack', 'model.onnx', 'onnx/model.onnx', 'model.gguf'],
  ...['consolidated.safetensors', 'tokenizer.model', 'vocab.json', 'merges.txt'],
];

/** What to throw where a folder has no such file: what it has instead, if that says what it is. */
export async function missingFile(files: Listing, name: string): Promise<InputError> {
  const present = await namesIn(files);
  for (const { file, what, advice } of INSTEAD[name] ?? []) {
    const found = present.find((each) => file.test(each));
    if (found === undefined) continue;
    return new InputError(`${name} is missing; the folder has ${found} (${what}).`, advice, name);
  }
  const empty = present.length === 0 && files.names !== undefined;
  return new InputError(`${name} is missing${empty ? ': the folder is empty' : ''}.`, LAYOUT, name);
}

async function namesIn(files: Listing): Promise<readonly string[]> {
  if (files.names) return files.names();
  const sizes = await Promise.all(
    USUAL.map((name) => Promise.resolve(files.size?.(name)).catch(() => undefined)),
  );
  return USUAL.filter((_, i) => sizes[i] !== undefined);
}
