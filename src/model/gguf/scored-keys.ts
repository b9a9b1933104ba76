// The keys of a GGUF file that a tokenizer.json of SentencePiece's kind amounts to: byte pairs with byte fallback.
import { isObject } from '../../core/is-object.ts';
import {
  BYTE,
  CONTROL,
  NORMAL,
  SPACE,
  tokenizerKey,
  UNKNOWN,
  UNUSED,
  USER_DEFINED,
} from './vocabulary.ts';
import { beginsWithToken, emptyVocabulary, type BytePairDefinition } from './vocabulary-keys.ts';
import type { GgufValue } from './writer.ts';

/**
 * @param size rows of the embedding, which may be more than there are tokens
 * @returns undefined for a tokenizer that no GGUF file can say: one that merges in another order than by the ids of
 * what comes out, or does anything else to a text than to mark its spaces
 */
export function scoredKeys(
  definition: BytePairDefinition,
  size: number,
): Map<string, GgufValue> | undefined {
  const { model, added_tokens: added = [] } = definition;
  const prefixed = spacePrefix(definition);
  if (prefixed === undefined || !model.byte_fallback || !mergesInOrderOfIds(model)) {
    return undefined;
  }
  const { texts, kinds } = emptyVocabulary(size);
  for (const [text, id] of Object.entries(model.vocab)) {
    texts[id] = text;
    kinds[id] = /^<0x[0-9A-F]{2}>$/.test(text) ? BYTE : NORMAL;
  }
  for (const { id, content, special } of added) {
    texts[id] = content;
    kinds[id] = special ? CONTROL : USER_DEFINED;
  }
  const unknown = model.vocab[model.unk_token ?? ''];
  if (unknown !== undefined) kinds[unknown] = UNKNOWN;
  // What comes out earlier is merged first: the higher score.
  const scores = kinds.map((kind, id) => (kind === NORMAL ? -id : kind === UNUSED ? -1e4 : 0));
  return new Map<string, GgufValue>([
    [tokenizerKey('model'), 'llama'],
    [tokenizerKey('tokens'), { texts }],
    [tokenizerKey('scores'), { f32s: scores }],
    [tokenizerKey('token_type'), { i32s: kinds }],
    [tokenizerKey('add_bos_token'), beginsWithToken(definition.post_processor)],
    [tokenizerKey('add_space_prefix'), prefixed],
  ]);
}

/** Whether a text has a space put in front; undefined where anything else is done to it. */
function spacePrefix({ normalizer, pre_tokenizer }: BytePairDefinition): boolean | undefined {
  const steps = stepsIn(normalizer, 'normalizers');
  const cuts = stepsIn(pre_tokenizer, 'pretokenizers');
  let prefixed = false;
  for (const step of steps) {
    if (step['type'] === 'Prepend' && step['prepend'] === SPACE) prefixed = true;
    else if (!marksSpaces(step)) return undefined;
  }
  for (const cut of cuts) {
    // Gemma's, which cuts nothing: no space is left when it comes to it.
    if (cut['type'] === 'Split' && steps.some(marksSpaces) && isSpace(cut['pattern'])) continue;
    if (cut['type'] !== 'Metaspace' || cut['replacement'] !== SPACE || cut['split'] !== false) {
      return undefined;
    }
    prefixed ||= cut['prepend_scheme'] !== 'never';
  }
  return steps.some(marksSpaces) || cuts.some(({ type }) => type === 'Metaspace')
    ? prefixed
    : undefined;
}

type Step = Readonly<Record<string, unknown>>;

function stepsIn(part: unknown, list: string): readonly Step[] {
  if (!isObject(part)) return [];
  const inner: unknown = part[list];
  return Array.isArray(inner) ? inner.filter(isObject) : [part];
}

const isSpace = (pattern: unknown) => isObject(pattern) && pattern['String'] === ' ';

const marksSpaces = ({ type, pattern, content }: Step): boolean =>
  type === 'Replace' && content === SPACE && isSpace(pattern);

/** Whether every way to put a token together is a merge, and those of smaller ids come first. */
function mergesInOrderOfIds({ vocab, merges }: BytePairDefinition['model']): boolean {
  let last = -1;
  for (const pair of merges) {
    const [left, right] = typeof pair === 'string' ? pair.split(' ', 2) : pair;
    const id = vocab[`${left}${right}`];
    if (id === undefined || id < last) return false;
    last = id;
  }
  let ways = 0;
  for (const text of Object.keys(vocab)) {
    for (let at = 1; at < text.length; at++) {
      const isWay = Object.hasOwn(vocab, text.slice(0, at)) && Object.hasOwn(vocab, text.slice(at));
      if (isWay) ways++;
    }
  }
  return ways === merges.length;
}
