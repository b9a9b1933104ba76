// The plainest tokenizer, for what is worked out without a model: one token per character.

export const characterTokens = (text: string): number[] =>
  [...text].map((character) => character.codePointAt(0) ?? 0);

/** Ends an answer; no character has this number. */
export const END_TOKEN = 0x110000;
