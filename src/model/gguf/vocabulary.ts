// The vocabulary in a GGUF file's keys: its tokens, what kind each is, and which of them are special.
import { shown } from '../files/checked.ts';
import { damagedGguf, unusable } from './faults.ts';
import type { Metadata } from './metadata.ts';

/** Kinds of tokens by their numbers in `tokenizer.ggml.token_type`. */
export const [NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE] = [1, 2, 3, 4, 5, 6] as const;

/** How SentencePiece writes a space. */
export const SPACE = '▁';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it is left out of decoded texts. */
  readonly special: boolean;
}

export interface Vocabulary {
  /** Without those that are not used, in the order of their ids. */
  readonly idOf: ReadonlyMap<string, number>;
  readonly added: readonly AddedToken[];
}

/** What to do where the file itself does not say how to cut texts into tokens. */
export const BESIDE = 'Put the tokenizer.json of the original model beside the file.';

export const tokenizerKey = (name: string) => `tokenizer.ggml.${name}`;

/**
 * @param spelled how a token of the file is written in the vocabulary
 * @throws InputError for lists of different lengths, or a token that is there twice
 */
export function readVocabulary(
  metadata: Metadata,
  spelled: (token: string, userDefined: boolean) => string = (token) => token,
): Vocabulary {
  const texts = metadata.texts(tokenizerKey('tokens'));
  if (!texts) throw unusable(metadata.source, 'has no tokenizer.ggml.tokens', BESIDE);
  const kinds = metadata.numbers(tokenizerKey('token_type'));
  for (const name of ['token_type', 'scores']) {
    const count = metadata.count(tokenizerKey(name)) ?? texts.length;
    if (count !== texts.length) {
      throw damagedGguf(
        metadata.source,
        `${tokenizerKey(name)} has ${count} values for ${texts.length} tokens`,
      );
    }
  }
  const added: AddedToken[] = [];
  const idOf = new Map<string, number>();
  texts.forEach((text, id) => {
    const kind = kinds?.[id] ?? NORMAL;
    if (kind === UNUSED) return;
    const token = spelled(text, kind === USER_DEFINED);
    if (idOf.has(token)) {
      throw damagedGguf(metadata.source, `tokenizer.ggml.tokens has ${shown(token)} twice`);
    }
    idOf.set(token, id);
    const special = kind === CONTROL;
    if (special || (kind === USER_DEFINED && token === text)) {
      added.push({ id, content: text, special });
    }
  });
  return { idOf, added };
}
