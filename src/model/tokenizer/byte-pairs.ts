// Byte-pair encoding of short strings of digits, by the merges of a tokenizer.json that can occur in them.
import * as v from 'valibot';
import { mergesById, ranksById, type Rank } from './merge-ranks.ts';

const schema = v.object({
  added_tokens: v.nullish(v.array(v.object({ content: v.string() })), []),
  model: v.object({
    type: v.nullish(v.literal('BPE'), 'BPE'),
    merges: v.array(v.unknown()),
    dropout: v.nullish(v.literal(0), 0),
    continuing_subword_prefix: v.nullish(v.literal(''), ''),
    continuing_subword_suffix: v.nullish(v.literal(''), ''),
    end_of_word_suffix: v.nullish(v.literal(''), ''),
    ignore_merges: v.nullish(v.boolean(), false),
  }),
});

/** Segments up to this length are remembered: there are not many. */
const REMEMBERED = 4;

export class BytePairs {
  readonly #rank: Rank;
  readonly #idOf: (piece: string) => number | undefined;
  readonly #wholeFirst: boolean;
  readonly #remembered = new Map<string, readonly number[]>();

  /**
   * @param rank The lowest is merged first, the leftmost of equals.
   * @param idOf The token of a piece.
   * @param wholeFirst Whether a segment that is a token is never cut.
   */
  constructor(rank: Rank, idOf: (piece: string) => number | undefined, wholeFirst: boolean) {
    this.#rank = rank;
    this.#idOf = idOf;
    this.#wholeFirst = wholeFirst;
  }

  /** Undefined where a piece is not in the vocabulary. */
  tokens(segment: string): readonly number[] | undefined {
    const known = this.#remembered.get(segment);
    if (known) return known;
    const whole = this.#wholeFirst && this.#idOf(segment) !== undefined;
    const pieces = whole ? [segment] : this.#merged(Array.from(segment));
    const ids: number[] = [];
    for (const piece of pieces) {
      const id = this.#idOf(piece);
      if (id === undefined) return undefined;
      ids.push(id);
    }
    if (segment.length <= REMEMBERED) this.#remembered.set(segment, ids);
    return ids;
  }

  #merged(pieces: string[]): string[] {
    for (;;) {
      let [best, lowest] = [-1, Infinity];
      for (let i = 0; i + 1 < pieces.length; i++) {
        const rank = this.#rank(pieces[i]!, pieces[i + 1]!);
        if (rank !== undefined && rank < lowest) [best, lowest] = [i, rank];
      }
      if (best < 0) break;
      pieces.splice(best, 2, pieces[best]! + pieces[best + 1]!);
    }
    return pieces;
  }
}

/**
 * The merges among digits, `-`, `.` and the characters of `prefix`; undefined for a tokenizer that
 * is no plain byte-pair encoder, or has a number as an added token.
 * @param definition The parsed tokenizer.json.
 * @param idOf The token of a piece.
 */
export function bytePairsFrom(
  definition: object,
  prefix: string,
  idOf: (piece: string) => number | undefined,
): BytePairs | undefined {
  const parsed = v.safeParse(schema, definition);
  if (!parsed.success) return undefined;
  const { added_tokens, model } = parsed.output;
  if (added_tokens.some(({ content }) => /^[-.\d]+$/.test(content))) return undefined;
  if (mergesById(definition)) return new BytePairs(ranksById(idOf), idOf, model.ignore_merges);
  const alphabet = new Set(`-.0123456789${prefix}`);
  const ranks = new Map<string, number>();
  for (const [rank, merge] of model.merges.entries()) {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ', 2) : merge;
    const [left, right] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof left !== 'string' || typeof right !== 'string') return undefined;
    if (!alphabet.has(left[0]!) || !alphabet.has(right[0]!)) continue;
    if (Array.from(left + right).every((character) => alphabet.has(character))) {
      ranks.set(`${left} ${right}`, rank);
    }
  }
  const rank = (left: string, right: string) => ranks.get(`${left} ${right}`);
  return new BytePairs(rank, idOf, model.ignore_merges);
}
