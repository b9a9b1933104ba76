// What every kind of document shares: a writer of documents from a stream of chance.
import type { RandomStream } from '../../core/random.ts';
import type { Example } from '../../model/decoder/pack.ts';
import type { Branch, Encode } from './document.ts';

/** Writes one document; everything about it depends on the stream alone. */
export type DocumentWriter = (stream: RandomStream) => Example;

/** Special tokens of the built-in tokenizer as text; `Encode` reads them as single tokens. */
export const USER = '<|user|>';
export const ASSISTANT = '<|assistant|>';
export const END = '<|end|>';
export const START = '<|endoftext|>';

/** A user's message and the start of the assistant's turn. */
export function question(text: string): string {
  return `${USER}${text}${ASSISTANT}`;
}

/** A branch whose every token counts `weight`. */
export function branch(encode: Encode, text: string, weight = 1): Branch {
  const tokens = encode(text);
  return { tokens, weights: tokens.map(() => weight) };
}

/** A branch that is given up to `given`, then predicted. `given` counts `givenWeight` a token. */
export function answerBranch(
  encode: Encode,
  given: string,
  answer: string,
  weight = 1,
  givenWeight = 0,
): Branch {
  const head = encode(given);
  const tail = encode(answer);
  return {
    tokens: [...head, ...tail],
    weights: [...head.map(() => givenWeight), ...tail.map(() => weight)],
  };
}

/** One of `items`, every one equally likely. */
export function pick<Item>(stream: RandomStream, items: readonly Item[]): Item {
  return items[stream.integer(items.length)]!;
}
