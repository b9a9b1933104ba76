// The fast way through tokenizers that spell numbers one character at a time.
import type { Tokenizer as Engine } from '@huggingface/tokenizers';

const CHARACTERS = '-.0123456789';
const NUMBER = /^-?\d+(\.\d+)?$/;
/** Numbers in which every character stands first, last and between others. */
const PROBES = ['-10.23456789', '9876543210', '0.0', ...'0123456789'];

/**
 * The token of each character of a plain number, where numbers are made of such tokens and nothing
 * else (Qwen, Gemma, SmolLM2); undefined for other tokenizers. Sound because the tokens of a text
 * spell it: if no entry of the vocabulary is a piece of a number longer than one character, there
 * is only one way. That the tokenizer puts nothing in front and rewrites nothing is tried out.
 */
export function numberTokens(engine: Engine): ReadonlyMap<string, number> | undefined {
  for (const piece of engine.get_vocab().keys()) {
    if (piece !== undefined && /^[-.\d]{2,}$/.test(piece) && /\d/.test(piece)) return undefined;
  }
  for (const probe of PROBES) {
    const { tokens } = engine.encode(probe, { add_special_tokens: false });
    if (tokens.join(' ') !== [...probe].join(' ')) return undefined;
  }
  return new Map([...CHARACTERS].map((character) => [character, engine.token_to_id(character)!]));
}

/** The tokens of a plain number such as `-3.50`; undefined for every other text. */
export function encodeNumber(
  text: string,
  tokens: ReadonlyMap<string, number>,
): number[] | undefined {
  return NUMBER.test(text) ? Array.from(text, (character) => tokens.get(character)!) : undefined;
}
