// How texts are cut before byte pairs are merged: by `tokenizer.ggml.pre`, in terms of tokenizer.json.
import { shown } from '../files/checked.ts';
import { unusable } from './faults.ts';
import { BESIDE } from './vocabulary.ts';

export interface PreTokenizer {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** Whether a piece that is a token is never cut. */
  readonly ignoreMerges: boolean;
  /** Whether texts begin with the beginning-of-text token where the file does not say. */
  readonly begins: boolean;
}

const byteLevel = (useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

const sequence = (...pretokenizers: readonly object[]) => ({ type: 'Sequence', pretokenizers });

const split = (pattern: string) =>
  sequence(
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  );

/** Words, numbers of up to so many digits, signs and white space, as OpenAI's cl100k cuts them. */
const words = (digits: string) =>
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
    `\\p{N}${digits}`,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|');

const plain = { normalizer: null, ignoreMerges: false, begins: false };

/** GPT-2's pattern. */
const gpt2: PreTokenizer = { ...plain, preTokenizer: byteLevel(true) };

/** Every digit by itself first, then GPT-2's pattern within each piece. */
const digits: PreTokenizer = {
  ...plain,
  preTokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
};

const cl100k: PreTokenizer = { ...plain, preTokenizer: split(words('{1,3}')) };
const llama3: PreTokenizer = { ...cl100k, ignoreMerges: true, begins: true };
const qwen2: PreTokenizer = {
  ...plain,
  normalizer: { type: 'NFC' },
  preTokenizer: split(words('')),
};

/** The first name of a kind is the one that is written. */
const KINDS: ReadonlyMap<string, PreTokenizer> = new Map([
  ...all(gpt2, 'gpt-2', 'default', 'gpt2', 'olmo', 'phi-2', 'mpt'),
  ...all(digits, 'smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone'),
  ...all(llama3, 'llama-bpe', 'llama3', 'llama-v3'),
  ...all(cl100k, 'dbrx', 'smaug-bpe'),
  ...all(qwen2, 'qwen2', 'deepseek-r1-qwen'),
]);

function all(kind: PreTokenizer, ...names: readonly string[]) {
  return names.map((name) => [name, kind] as const);
}

/** @throws InputError for a name that is not known */
export function preTokenizerNamed(name: string, source: string): PreTokenizer {
  const kind = KINDS.get(name);
  if (kind) return kind;
  throw unusable(
    source,
    `tokenizer.ggml.pre is ${shown(name)}, a way of cutting texts that is not known here`,
    BESIDE,
    'tokenizer.ggml.pre',
  );
}

/** The name of the way in which a tokenizer.json cuts texts; undefined where none of them is it. */
export function preTokenizerName(definition: PreTokenized): string | undefined {
  const asked = essence(definition);
  return [...KINDS].find(([, kind]) => {
    const { normalizer, preTokenizer: pre_tokenizer, ignoreMerges: ignore_merges } = kind;
    return essence({ normalizer, pre_tokenizer, model: { ignore_merges } }) === asked;
  })?.[0];
}

/** The parts of a tokenizer.json that say how texts are cut. */
interface PreTokenized {
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: unknown;
  readonly model: { readonly ignore_merges?: boolean | undefined };
}

/** What tells them apart: not where pieces lie in the text, nor what is left at its usual value. */
function essence({ normalizer, pre_tokenizer, model }: PreTokenized): string {
  const kept = (key: string, value: unknown) =>
    key === 'trim_offsets' || (key === 'invert' && value === false) ? undefined : value;
  const parts = [normalizer ?? null, pre_tokenizer ?? null, model.ignore_merges ?? false];
  return JSON.stringify(parts, kept);
}
