// Encodes corpus text fast: every word goes through the tokenizer once and is then remembered.
import type { Encode } from '../corpus/document.ts';
import { PRE_TOKEN_PATTERN, SPECIAL_TOKENS } from './tokenizer-files.ts';

/**
 * Wraps an encoder that adds no special tokens. Exact, because the built-in tokenizer never merges
 * across the pieces into which it first cuts a text.
 */
export function cachedEncoder(encode: Encode): Encode {
  const special = SPECIAL_TOKENS.map((token) => token.replaceAll('|', String.raw`\|`)).join('|');
  const piece = new RegExp(`${special}|${PRE_TOKEN_PATTERN}`, 'gu');
  const known = new Map<string, readonly number[]>();
  return (text) =>
    (text.match(piece) ?? []).flatMap((part) => {
      let ids = known.get(part);
      if (!ids) known.set(part, (ids = encode(part)));
      return ids;
    });
}
