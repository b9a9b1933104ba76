// The two made-up tokenizers of the golden tries; the end token of both is 0.

export const END = 0;

/** One token per character of "0123456789-.", with ids from 1 in this order. */
export function characters(text: string): number[] {
  return Array.from(text, (character) => '0123456789-.'.indexOf(character) + 1);
}

/** Digits in groups of up to three from the left, each group one token; "-" is 1111, "." 1112. */
export function digitTriples(text: string): number[] {
  return (text.match(/\d{1,3}|-|\./g) ?? []).map((piece) =>
    piece === '-' ? 1111 : piece === '.' ? 1112 : Number(piece) + [1, 11, 111][piece.length - 1]!,
  );
}
