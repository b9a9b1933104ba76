// What values are rounded to in a GGUF file: Q8_0 as gguf-py rounds, which has ggml's own arithmetic.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { blockValues } from '../../../../src/model/gguf/blocks.ts';
import { narrowed, precisionFor } from '../../../../src/model/gguf/narrow.ts';

const golden = JSON.parse(
  await readFile(new URL('../../../golden/gguf/q8_0.json', import.meta.url), 'utf8'),
) as { values: number[][]; hex: string[] };

test('Q8_0 has the bytes of gguf-py: zeros, ties, and scales that halves hardly hold among them', () => {
  const bytes = narrowed(Float32Array.from(golden.values.flat()), 'Q8_0');
  expect(Buffer.from(bytes).toString('hex')).toBe(golden.hex.join(''));
});

test('values of Q8_0 stay what they are', () => {
  const bytes = Uint8Array.from(Buffer.from(golden.hex.join(''), 'hex'));
  const values = blockValues('Q8_0', bytes, golden.hex.length, 32);
  const again = blockValues('Q8_0', narrowed(values, 'Q8_0'), golden.hex.length, 32);
  // But for the signs of zeros in a block whose scale is 0.
  expect(again.map((value) => value + 0)).toEqual(values.map((value) => value + 0));
});

test('F16 rounds to the nearest half, ties to even', () => {
  const values = Float32Array.of(1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, -(2 ** -24), 65504);
  const halves = new Uint16Array(narrowed(values, 'F16').buffer);
  expect([...halves]).toEqual([0x3c00, 0x3c00, 0x3c02, 0x8001, 0x7bff]);
});

test('vectors stay F32, and rows of no whole blocks are halves', () => {
  expect(precisionFor([64], 'Q8_0')).toBe('F32');
  expect(precisionFor([3, 64], 'Q8_0')).toBe('Q8_0');
  expect(precisionFor([3, 65], 'Q8_0')).toBe('F16');
  expect(precisionFor([3, 65], 'F32')).toBe('F32');
});
