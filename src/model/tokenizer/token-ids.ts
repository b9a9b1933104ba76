// The ids in a tokenizer.json, checked before the library makes lists of their size.
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import { shown } from '../files/checked.ts';

/** No vocabulary comes near. */
const LARGEST_ID = 2 ** 24;

/** Characters of a token. The longest published ones have some hundreds; splitting takes time with them. */
export const LONGEST_TOKEN = 4096;

/**
 * @param definition The parsed tokenizer.json; its structure is left for the library to find fault with.
 * @throws InputError naming a token whose id is no id
 */
export function checkTokenIds(definition: object): void {
  const { model, added_tokens } = definition as Record<string, unknown>;
  const { vocab } = (isObject(model) ? model : {}) as Record<string, unknown>;
  if (vocab instanceof Map) {
    for (const [token, id] of vocab) checkId(token, id);
  } else if (isObject(vocab)) {
    for (const token of Object.keys(vocab)) checkId(token, vocab[token]);
  }
  if (!Array.isArray(added_tokens)) return;
  for (const added of added_tokens as unknown[]) {
    const { content, id } = (isObject(added) ? added : {}) as Record<string, unknown>;
    checkId(content, id);
    if (typeof content === 'string' && content !== '') continue;
    throw unusable(`the added token ${shown(id)} has the text ${shown(content)}`);
  }
}

function checkId(token: unknown, id: unknown): void {
  if (typeof token === 'string' && token.length > LONGEST_TOKEN) {
    throw unusable(`a token has ${token.length} characters, more than ${LONGEST_TOKEN}`);
  }
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < LARGEST_ID) return;
  throw unusable(`the id of token ${shown(token)} is ${shown(id)}`);
}

function unusable(problem: string): InputError {
  return new InputError(
    `tokenizer.json: ${problem}.`,
    'Use a tokenizer.json as the tokenizers library writes it.',
    'tokenizer.json',
  );
}
