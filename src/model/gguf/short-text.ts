// UTF-8 of short texts, as most tokens are. A browser's own decoder keeps a string of its own for every one that it
// gives, and a handle to it: 200 bytes for each of hundreds of thousands of tokens.

/** Bytes of a text that is decoded here. */
const SHORT = 64;

/** The least code point of as many bytes more than one: what has a shorter form must have that. */
const LEAST = [0, 0x80, 0x800, 0x10000];

/** Used again by every call. */
const units: number[] = [];

/** Undefined for longer ones, and where the bytes are no UTF-8. */
export function shortText(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (to - from > SHORT) return undefined;
  units.length = 0;
  for (let at = from; at < to;) {
    const first = bytes[at++]!;
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : 3;
    if (more === 3 && first >> 3 !== 30) return undefined;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (const end = at + more; at < end; at++) {
      const byte = at < to ? bytes[at]! : 0;
      if (byte >> 6 !== 2) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    const isSurrogate = point >> 11 === 0x1b;
    if (point < LEAST[more]! || isSurrogate || point > 0x10ffff) return undefined;
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
    else units.push(point);
  }
  return String.fromCharCode(...units);
}
