// The built-in model's tokenizer as Hugging Face files: byte-level BPE, one token per digit.
import { BYTE_LETTERS, toByteLetters } from './byte-letters.ts';
import { learnMerges, type Merge } from './byte-pairs.ts';

/** Special tokens, in the order of their ids. `<|end|>` ends every answer. */
export const SPECIAL_TOKENS = ['<|endoftext|>', '<|end|>', '<|user|>', '<|assistant|>'] as const;

/**
 * Letters with their leading space, single digits, and runs of anything else. Runs are never merged
 * beyond one byte, so `-` and `.` stay tokens of their own wherever they stand.
 */
export const PRE_TOKEN_PATTERN = String.raw` ?\p{L}+|\p{N}|\s|[^\s\p{L}\p{N}]`;

const CHAT_TEMPLATE =
  '{% for message in messages %}' +
  "{% if message['role'] == 'assistant' %}<|assistant|>{{ message['content'] }}<|end|>" +
  "{% else %}<|user|>{{ message['content'] }}{% endif %}" +
  '{% endfor %}' +
  '{% if add_generation_prompt %}<|assistant|>{% endif %}';

/** The contents of tokenizer.json and tokenizer_config.json, ready for JSON.stringify. */
export interface TokenizerFiles {
  readonly tokenizer: { readonly model: { readonly vocab: Readonly<Record<string, number>> } };
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Builds the tokenizer of a corpus: special tokens, 256 bytes, and merges learned from the words of
 * `texts` until the vocabulary has `vocabularySize` entries (fewer if the words run out).
 */
export function buildTokenizerFiles(
  texts: Iterable<string>,
  vocabularySize: number,
): TokenizerFiles {
  const room = vocabularySize - SPECIAL_TOKENS.length - BYTE_LETTERS.length;
  const merges = learnMerges(countWords(texts), room);
  return {
    tokenizer: tokenizerJson(merges),
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: null,
      eos_token: '<|end|>',
      pad_token: '<|endoftext|>',
      add_bos_token: false,
      clean_up_tokenization_spaces: false,
      model_max_length: 512,
      chat_template: CHAT_TEMPLATE,
    },
  };
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/ ?\p{L}+/gu)) {
      const letters = toByteLetters(word);
      counts.set(letters, (counts.get(letters) ?? 0) + 1);
    }
  }
  return counts;
}

function tokenizerJson(merges: readonly Merge[]) {
  const tokens = [...SPECIAL_TOKENS, ...BYTE_LETTERS, ...merges.map(([a, b]) => a + b)];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: PRE_TOKEN_PATTERN },
          behavior: 'Isolated',
          invert: false,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: merges.map(([left, right]) => [left, right] as const),
    },
  };
}
