// Python's notions of white space, lines and digits, which decide what the reference accepts.

/** `str.isspace`: like JavaScript's \s, but with U+001C-U+001F and U+0085, and without the BOM. */
const SPACE =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const ONE = new RegExp(SPACE);
const RUNS = new RegExp(`${SPACE}+`, 'g');
// eslint-disable-next-line no-control-regex -- Python ends lines at control characters, too
const LINE_ENDS = new RegExp('\\r\\n|[\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029]');

/** `str.strip()`, from both ends inwards: a pattern for the end would be tried at every space. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ONE.test(text[start]!)) start++;
  while (end > start && ONE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Every run of white space becomes one space, none at the ends: `' '.join(text.split())`. */
export function foldSpace(text: string): string {
  return strip(text.replace(RUNS, ' '));
}

/** `str.splitlines()`, without the empty last line. */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_ENDS);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Decimal digits of other scripts as 0-9. Unicode keeps each script's ten digits together, from
 * zero up, so a digit's value is its distance from the start of its run of digits, modulo 10.
 */
export function asciiDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (character) => {
    if (!/\p{Nd}/u.test(character)) return character;
    const code = character.codePointAt(0)!;
    let start = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start--;
    return String((code - start) % 10);
  });
}
