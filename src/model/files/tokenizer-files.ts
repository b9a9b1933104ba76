// The files of a model folder that a tokenizer is read from.

/** Read when the tokenizer is loaded, as far as they exist. */
export const TOKENIZER_FILES: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
];

/** Those, and what other programs read a tokenizer from: all that goes with a model. */
export const TOKENIZER_COPIES: readonly string[] = [
  ...TOKENIZER_FILES,
  'added_tokens.json',
  'tokenizer.model',
  'vocab.json',
  'merges.txt',
];
