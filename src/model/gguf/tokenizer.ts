// The tokenizer.json and tokenizer_config.json that a GGUF file's keys amount to.
import { shown } from '../files/checked.ts';
import { damagedGguf, unusable } from './faults.ts';
import type { Metadata } from './metadata.ts';
import { preTokenizerNamed } from './pre-tokenizers.ts';
import { BESIDE, readVocabulary, SPACE, tokenizerKey, type Vocabulary } from './vocabulary.ts';

/** @throws InputError where the keys say nothing that can be used */
export function ggufTokenizer(metadata: Metadata): object {
  const model = metadata.text(tokenizerKey('model'));
  switch (model) {
    case 'gpt2':
      return bytePairs(metadata);
    case 'llama':
      return scored(metadata);
    default:
      throw unusable(
        metadata.source,
        model === undefined
          ? 'has no tokenizer (tokenizer.ggml.model)'
          : `tokenizer.ggml.model is ${shown(model)}, which is not supported`,
        BESIDE,
        tokenizerKey('model'),
      );
  }
}

/** Byte-level byte pairs: GPT-2, Llama 3, Qwen, SmolLM. */
function bytePairs(metadata: Metadata): object {
  const pre = metadata.text(tokenizerKey('pre')) ?? 'default';
  const kind = preTokenizerNamed(pre, metadata.source);
  const vocabulary = readVocabulary(metadata);
  return {
    ...definition(metadata, vocabulary, kind.begins),
    normalizer: kind.normalizer,
    pre_tokenizer: kind.preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...model(vocabulary),
      ignore_merges: kind.ignoreMerges,
      byte_fallback: false,
      merges: mergesIn(metadata),
    },
  };
}

/** Merged where the sum is a token, in the order of ids, with bytes for what has no token: Llama 2, Gemma. */
function scored(metadata: Metadata): object {
  const vocabulary = readVocabulary(metadata, (token, userDefined) =>
    userDefined && /^ {2,}$/.test(token) ? SPACE.repeat(token.length) : token,
  );
  const prefixed = metadata.flag(tokenizerKey('add_space_prefix')) ?? true;
  const unknown = metadata.number(tokenizerKey('unknown_token_id'));
  const toMarks = { type: 'Replace', pattern: { String: ' ' }, content: SPACE };
  const decoders = [
    { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(prefixed ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ];
  return {
    ...definition(metadata, vocabulary, true),
    normalizer: prefixed
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: SPACE }, toMarks] }
      : toMarks,
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders },
    model: {
      ...model(vocabulary),
      unk_token: textOf(metadata, vocabulary, unknown) ?? null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      merges: [],
      merges_by_id: true,
    },
  };
}

/** @param begins whether texts begin with a token for it where the file does not say */
function definition(metadata: Metadata, vocabulary: Vocabulary, begins: boolean): object {
  const id = metadata.number(tokenizerKey('bos_token_id'));
  const first = textOf(metadata, vocabulary, id);
  const begun = metadata.flag(tokenizerKey('add_bos_token')) ?? begins;
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: vocabulary.added.map((token) => ({ ...token, ...plain })),
    post_processor: begun && first !== undefined ? beginningWith(first, id!) : null,
  };
}

function beginningWith(token: string, id: number): object {
  const special = { SpecialToken: { id: token, type_id: 0 } };
  const sequence = (name: string, type_id: number) => ({ Sequence: { id: name, type_id } });
  return {
    type: 'TemplateProcessing',
    single: [special, sequence('A', 0)],
    pair: [special, sequence('A', 0), special, sequence('B', 1)],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

/** Undefined for an id that is not used. */
function textOf(metadata: Metadata, { idOf }: Vocabulary, id = -1): string | undefined {
  const text = metadata.textAt(tokenizerKey('tokens'), id);
  return text !== undefined && idOf.get(text) === id ? text : undefined;
}

function model({ idOf }: Vocabulary): object {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    vocab: idOf,
  };
}

function mergesIn(metadata: Metadata): (readonly [string, string])[] {
  const merges = metadata.texts(tokenizerKey('merges'));
  if (!merges) throw unusable(metadata.source, 'has no tokenizer.ggml.merges', BESIDE);
  return merges.map((merge) => {
    const [left, right, ...more] = merge.split(' ');
    if (left && right && more.length === 0) return [left, right];
    throw damagedGguf(
      metadata.source,
      `tokenizer.ggml.merges has ${shown(merge)}, which are no two tokens`,
    );
  });
}

const SPECIAL = { bos: 'bos', eos: 'eos', unk: 'unknown', pad: 'padding' };

/** @throws InputError for a special token that is not in the vocabulary */
export function ggufTokenizerConfig(metadata: Metadata): object {
  const specials = Object.entries(SPECIAL).flatMap(([name, key]) => {
    const id = metadata.number(tokenizerKey(`${key}_token_id`));
    if (id === undefined) return [];
    const text = metadata.textAt(tokenizerKey('tokens'), id);
    if (text !== undefined) return [[`${name}_token`, text]];
    throw damagedGguf(
      metadata.source,
      `${tokenizerKey(`${key}_token_id`)} is ${id}, and there are ${metadata.count(tokenizerKey('tokens')) ?? 0} tokens`,
    );
  });
  const template = metadata.text('tokenizer.chat_template');
  return {
    ...(Object.fromEntries(specials) as object),
    ...(template !== undefined && { chat_template: template }),
    clean_up_tokenization_spaces: false,
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
}
