// Comparison of long typed arrays, bit by bit; `toEqual` takes its time over them.
import { expect } from 'vitest';

type Values = Float32Array | Uint16Array | Uint8Array;

export function expectSame(actual: Values, expected: Values): void {
  expect(actual.constructor).toBe(expected.constructor);
  const bytes = ({ buffer, byteOffset, byteLength }: Values) =>
    Buffer.from(buffer, byteOffset, byteLength);
  expect(bytes(actual).equals(bytes(expected))).toBe(true);
}
