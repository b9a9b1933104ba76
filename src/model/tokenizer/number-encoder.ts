// The fast way through a byte-pair tokenizer for plain numbers such as -3.50.
import type { Tokenizer as Engine } from '@huggingface/tokenizers';
import { bytePairsFrom, type BytePairs } from './byte-pairs.ts';

/** The tokens of a plain number; undefined for every other text. */
export type NumberEncoder = (text: string) => number[] | undefined;

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Part of a number that is cut into tokens by itself, and what the tokenizer puts in front of it. */
interface Segment {
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

/**
 * An encoder of numbers, or undefined where a tokenizer's ways are not known here. What happens
 * before the byte pairs are merged (characters put in front, cuts between digits and punctuation,
 * groups of three digits) depends on where the digits stand, not on which they are: it is learnt
 * once for each shape of number, with zeros for its digits. That this is so, and that tokens come out
 * as the library's, is tried on numbers of many shapes.
 * @param definition The parsed tokenizer.json.
 */
export function numberEncoder(engine: Engine, definition: object): NumberEncoder | undefined {
  const zero = segmentsOf(engine, '-0.0');
  const prefixes = zero?.map(({ prefix }) => prefix).join('');
  const idOf = (piece: string) => engine.token_to_id(piece);
  const pairs = prefixes === undefined ? undefined : bytePairsFrom(definition, prefixes, idOf);
  if (pairs === undefined) return undefined;
  const encode = encoderOf(engine, pairs);
  const agrees = probes().every((text) => {
    const tokens = encode(text);
    const { ids } = engine.encode(text, { add_special_tokens: false });
    if (tokens === undefined || String(tokens) !== String(ids)) return false;
    return engine.decode(ids, { clean_up_tokenization_spaces: false }).trim() === text;
  });
  return agrees ? encode : undefined;
}

function encoderOf(engine: Engine, pairs: BytePairs): NumberEncoder {
  const shapes = new Map<string, readonly Segment[] | null>();
  return (text) => {
    if (!NUMBER.test(text)) return undefined;
    const shape = text.replace(/\d/g, '0');
    let segments = shapes.get(shape);
    if (segments === undefined) shapes.set(shape, (segments = segmentsOf(engine, shape) ?? null));
    if (segments === null) return undefined;
    const tokens: number[] = [];
    for (const { prefix, from, to } of segments) {
      const ids = pairs.tokens(prefix + text.slice(from, to));
      if (ids === undefined) return undefined;
      tokens.push(...ids);
    }
    return tokens;
  };
}

/** Undefined where the tokenizer does more to a number than cutting it and writing in front of it. */
function segmentsOf(engine: Engine, text: string): Segment[] | undefined {
  const normalized = engine.normalizer ? engine.normalizer.normalize(text) : text;
  const parts = engine.pre_tokenizer
    ? engine.pre_tokenizer.pre_tokenize([normalized], { section_index: 0 })
    : [normalized];
  const segments: Segment[] = [];
  let at = 0;
  for (const part of parts) {
    const body = /[-.\d]*$/.exec(part)![0];
    const prefix = part.slice(0, part.length - body.length);
    if (/[-.\d]/.test(prefix) || !text.startsWith(body, at)) return undefined;
    segments.push({ prefix, from: at, to: (at += body.length) });
  }
  return at === text.length ? segments : undefined;
}

/** Numbers of 1 to 8 digits before and 0 to 6 behind the point, of either sign. */
function probes(): string[] {
  const texts: string[] = [];
  for (let i = 0; i < 112; i++) {
    const digits = String((i * 123_456_791 + 98_765_432) % 99_999_989).padStart(8, '0');
    const whole = digits.slice(0, 1 + (i % 8));
    const fraction = digits
      .split('')
      .reverse()
      .join('')
      .slice(0, i % 7);
    texts.push(`${i % 3 === 0 ? '-' : ''}${whole}${fraction && `.${fraction}`}`);
  }
  return texts;
}
