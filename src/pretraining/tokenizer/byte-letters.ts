// The 256 letters that stand for bytes in a byte-level tokenizer (GPT-2's bytes_to_unicode).

/** [256] the printable letter of each byte: itself where it prints, else one from U+0100 on. */
export const BYTE_LETTERS: readonly string[] = byteLetters();

/** A text as byte letters: its UTF-8 bytes, one letter each. */
export function toByteLetters(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => BYTE_LETTERS[byte]!).join('');
}

function byteLetters(): string[] {
  const prints = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let spare = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(prints(byte) ? byte : spare++),
  );
}
