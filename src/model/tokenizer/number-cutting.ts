// How a tokenizer cuts numbers into pieces, for people to see.
import type { Tokenizer } from './tokenizer.ts';

export interface NumberCutting {
  /**
   * `digits`: one piece per digit (Qwen, Gemma). `groups`: pieces of `size` digits from the left, the
   * last one shorter (Llama 3, gpt-oss). `irregular`: it depends on the digits (GPT-2).
   */
  readonly kind: 'digits' | 'groups' | 'irregular';
  /** Digits of the longest piece that was seen. */
  readonly size: number;
  readonly examples: readonly { readonly text: string; readonly pieces: readonly string[] }[];
}

const EXAMPLES = ['0.12345', '-3.50', '17', '123456', '-12.00001'];

/** Digit runs that tell the kinds apart. */
const RUNS = ['7', '42', '100', '1234', '98765', '201348', '5550123', '31415926'];

/** @throws InputError where the vocabulary has no digits */
export function numberCutting(
  tokenizer: Pick<Tokenizer, 'encodeAnswer' | 'pieces'>,
): NumberCutting {
  const pieces = (text: string) => tokenizer.pieces(tokenizer.encodeAnswer(text));
  const lengths = RUNS.map((run) =>
    pieces(run)
      .map(digits)
      .filter((count) => count > 0),
  );
  const size = Math.max(...lengths.flat());
  const regular = lengths.every((run) =>
    run.every((count, i) => count === size || (i === run.length - 1 && count < size)),
  );
  return {
    kind: size === 1 ? 'digits' : regular ? 'groups' : 'irregular',
    size,
    examples: EXAMPLES.map((text) => ({ text, pieces: pieces(text) })),
  };
}

const digits = (piece: string) => piece.replace(/\D/g, '').length;
