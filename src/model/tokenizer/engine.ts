// The tokenizers library, with the places put right where it departs from the one that models are made with.
import { Tokenizer as Engine } from '@huggingface/tokenizers';
import { BoundedPattern } from './bounded-pattern.ts';
import { mergesById, ranksById } from './merge-ranks.ts';
import { vocabularyMap, type VocabularyMap } from './vocabulary-form.ts';

export type { Engine };

/** A part of tokenizer.json. */
type Part = Readonly<Record<string, unknown>>;

/** A part of the library's engine; those of a sequence are in lists. */
interface Worker {
  pattern?: RegExp | null;
  normalizers?: (Worker | null)[];
  tokenizers?: (Worker | null)[];
  decoders?: (Worker | null)[];
  normalize?: (text: string) => string;
  pre_tokenize_text?: (text: string, options?: unknown) => string[];
  decode_chain?: (tokens: string[]) => string[];
}

/**
 * The engine of a parsed tokenizer.json. Patterns of the file are bounded; Unicode is what it is in the
 * Rust library (numerals and white space of every script, letters lowered one by one).
 * @throws Error where the library finds fault, or a pattern cannot be bounded
 */
export function engineOf(definition: object, config: object): Engine {
  const { normalizer, pre_tokenizer, decoder } = definition as Part;
  // Fields of slow tokenizers, which fast ones do not read.
  const engine = new Engine(
    definition as never,
    {
      ...config,
      remove_space: false,
      do_lowercase_and_remove_accent: false,
    } as never,
  );
  mend(engine.normalizer as Worker | null, normalizer, 'normalizers', mendNormalizer);
  mend(engine.pre_tokenizer as Worker | null, pre_tokenizer, 'pretokenizers', mendPreTokenizer);
  mend(engine.decoder as Worker | null, decoder, 'decoders', mendDecoder);
  const model = engine.model as unknown as Merger;
  const vocabulary = vocabularyMap(definition);
  if (vocabulary) setVocabulary(model, vocabulary);
  if (mergesById(definition)) mergeById(model);
  return engine;
}

/** The library's byte-pair encoder. */
interface Merger {
  tokens_to_ids: VocabularyMap;
  unk_token_id: number | undefined;
  readonly unk_token: string | null;
  /** By id. */
  vocab: string[];
  add_node: (queue: { push(node: MergeNode): void }, node: MergeNode) => void;
}

interface MergeNode {
  readonly token: string;
  readonly next: { readonly token: string };
  /** Below 1: where it stands in the word. */
  readonly bias: number;
  score: number;
}

/** As the library sets that of an object, of which it makes a list and then a map. Every added token is in it. */
function setVocabulary(model: Merger, idOf: VocabularyMap): void {
  model.tokens_to_ids = idOf;
  const unknown = model.unk_token;
  model.unk_token_id = unknown === null ? undefined : idOf.get(unknown);
  model.vocab = new Array<string>(idOf.size);
  for (const [token, id] of idOf) model.vocab[id] = token;
}

/** Without its list of merges, half a million for a vocabulary of SentencePiece. */
function mergeById(model: Merger): void {
  const rank = ranksById((token) => model.tokens_to_ids.get(token));
  model.add_node = (queue, node) => {
    const found = rank(node.token, node.next.token);
    if (found === undefined) return;
    node.score = found + node.bias;
    queue.push(node);
  };
}

function mend(
  worker: Worker | null | undefined,
  part: unknown,
  list: string,
  each: (worker: Worker, part: Part) => void,
): void {
  if (!worker || typeof part !== 'object' || part === null) return;
  const inner = worker.normalizers ?? worker.tokenizers ?? worker.decoders;
  const parts = (part as Part)[list];
  if (inner && Array.isArray(parts)) {
    inner.forEach((one, i) => mend(one, parts[i], list, each));
  } else each(worker, part as Part);
}

function mendNormalizer(worker: Worker, part: Part): void {
  switch (part['type']) {
    case 'Lowercase':
      // One by one: a sigma at the end of a word is no exception.
      worker.normalize = (text) => Array.from(text, (letter) => letter.toLowerCase()).join('');
      return;
    case 'Strip': {
      const [left, right] = [part['strip_left'] === true, part['strip_right'] === true];
      worker.normalize = (text) => {
        const begun = left ? text.replace(/^\p{White_Space}+/u, '') : text;
        return right ? withoutEnd(begun) : begun;
      };
      return;
    }
    case 'Prepend': {
      const prefix = String(part['prepend'] ?? '');
      worker.normalize = (text) => (text === '' ? text : prefix + text);
      return;
    }
    case 'Replace': {
      const replaced = replacing(worker, part);
      if (replaced) worker.normalize = replaced;
    }
  }
}

/** White space at the end, in one pass. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The content as it is written: a dollar sign in it means nothing else. */
function replacing({ pattern }: Worker, part: Part): ((text: string) => string) | undefined {
  if (!pattern) return undefined;
  const bounded = new BoundedPattern(pattern);
  const content = String(part['content'] ?? '');
  return (text) => text.replaceAll(bounded, () => content);
}

function mendDecoder(worker: Worker, part: Part): void {
  if (part['type'] === 'ByteFallback') worker.decode_chain = bytesDecoded;
  if (part['type'] === 'Replace') {
    const replaced = replacing(worker, part);
    if (replaced) worker.decode_chain = (tokens) => tokens.map(replaced);
  }
  if (part['type'] === 'Metaspace' && part['prepend_scheme'] === 'never') {
    const marker = String(part['replacement'] ?? '▁');
    worker.decode_chain = (tokens) => tokens.map((token) => token.replaceAll(marker, ' '));
  }
}

/** Tokens such as `<0xE2>` in a row are a text in UTF-8, or as many replacement characters. */
function bytesDecoded(tokens: string[]): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const result: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      result.push(decoder.decode(Uint8Array.from(bytes)));
    } catch {
      result.push('\ufffd'.repeat(bytes.length));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const [, byte] = /^<0x([0-9A-Fa-f]{2})>$/.exec(token) ?? [];
    if (byte !== undefined) bytes.push(parseInt(byte, 16));
    else {
      flush();
      result.push(token);
    }
  }
  flush();
  return result;
}

function mendPreTokenizer(worker: Worker, part: Part): void {
  switch (part['type']) {
    case 'Digits':
      return cutting(worker, /\p{N}/gu, part['individual_digits'] ? 'isolated' : 'contiguous');
    case 'Punctuation':
      return cutting(worker, /[\p{P}!-/:-@[-`{-~]/gu, behaviourOf(part['behavior']));
    case 'Whitespace':
      return cutting(
        worker,
        /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu,
        'removed',
        true,
      );
    case 'WhitespaceSplit':
      return cutting(worker, /\p{White_Space}/gu, 'removed');
    case 'ByteLevel':
      worker.pattern = unicodeSpaces(worker.pattern!);
      return;
    case 'Split': {
      if (!worker.pattern) return;
      const written = part['pattern'] as Part;
      const text = written['String'];
      const pattern =
        typeof text === 'string'
          ? new RegExp(escaped(text), 'gu')
          : new BoundedPattern(worker.pattern);
      return cutting(worker, pattern, behaviourOf(part['behavior']), part['invert'] === true);
    }
    case 'Replace': {
      const replaced = replacing(worker, part);
      if (replaced) worker.pre_tokenize_text = (content) => [replaced(content)];
      return;
    }
    case 'Metaspace': {
      if (part['split'] === false) return;
      const marker = new RegExp(escaped(String(part['replacement'] ?? '▁')), 'gu');
      const marked = worker.pre_tokenize_text!.bind(worker);
      worker.pre_tokenize_text = (text, options) =>
        marked(text, options).flatMap((each) => cut(each, marker, 'mergedwithnext', false));
      return;
    }
    case 'FixedLength':
      if (Number.isInteger(part['length']) && Number(part['length']) >= 1) return;
      throw new Error('FixedLength must have a whole number above 0');
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Of JavaScript's own classes, which count U+FEFF as white space and U+0085 not. */
const unicodeSpaces = ({ source, flags }: RegExp) =>
  new RegExp(
    source.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'),
    flags,
  );

type Behaviour = 'removed' | 'isolated' | 'contiguous' | 'mergedwithprevious' | 'mergedwithnext';

const behaviourOf = (written: unknown): Behaviour =>
  (typeof written === 'string' ? written.toLowerCase() : 'isolated') as Behaviour;

function cutting(worker: Worker, pattern: RegExp, behaviour: Behaviour, invert = false): void {
  worker.pre_tokenize_text = (text) => cut(text, pattern, behaviour, invert);
}

/**
 * Cuts a text at what matches the pattern, as the Rust library's `split` does.
 * @param invert cuts at what lies between the matches instead
 */
function cut(text: string, pattern: RegExp, behaviour: Behaviour, invert: boolean): string[] {
  const parts: { text: string; delimits: boolean }[] = [];
  let at = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), delimits: invert });
    if (match[0]) parts.push({ text: match[0], delimits: !invert });
    else pattern.lastIndex += text.codePointAt(match.index)! > 0xffff ? 2 : 1;
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), delimits: invert });
  switch (behaviour) {
    case 'removed':
      return parts.filter(({ delimits }) => !delimits).map((part) => part.text);
    case 'contiguous':
      return merged(parts, (left, right) => left.delimits === right.delimits);
    case 'mergedwithprevious':
      return merged(parts, (left, right) => right.delimits && !left.delimits);
    case 'mergedwithnext':
      return merged(parts, (left, right) => left.delimits && !right.delimits);
    default:
      return parts.map((part) => part.text);
  }
}

function merged<P extends { text: string }>(
  parts: readonly P[],
  together: (left: P, right: P) => boolean,
): string[] {
  const result: string[] = [];
  parts.forEach((part, i) => {
    if (i > 0 && together(parts[i - 1]!, part)) result.push(result.pop()! + part.text);
    else result.push(part.text);
  });
  return result;
}
