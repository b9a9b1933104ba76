// Short texts of a GGUF file, decoded as the platform's own decoder does.
import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import { shortText } from '../../../../src/model/gguf/short-text.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

const random = randomStream(0, 'short texts');
const below = (limit: number) => random.integer(limit);

test('texts of every script are what the decoder makes of them', () => {
  for (let i = 0; i < 20_000; i++) {
    const points = Array.from({ length: below(8) }, () => {
      const ways = [below(0x80), below(0x800), below(0xd800), 0xe000 + below(0x2000)];
      return [...ways, 0x10000 + below(0x100000)][below(5)]!;
    });
    const text = String.fromCodePoint(...points);
    const bytes = new TextEncoder().encode(`x${text}y`);
    expect(shortText(bytes, 1, bytes.length - 1)).toBe(text);
  }
});

test('bytes that are no UTF-8 are left to the decoder, and only those', () => {
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: below(6) }, () => {
      const ways = [0xe2, 0x96, 0x81, 0xed, 0xa0, 0xf0 + below(16), 0xc0 + below(32)];
      return [...ways, 0x80 + below(64), below(256)][below(9)]!;
    });
    const expected = decoded(bytes);
    if (expected === undefined) refused++;
    expect(shortText(bytes, 0, bytes.length), String(bytes)).toBe(expected);
  }
  expect(refused).toBeGreaterThan(5000);
  expect(shortText(new Uint8Array(65).fill(0x61), 0, 65)).toBeUndefined();
});
