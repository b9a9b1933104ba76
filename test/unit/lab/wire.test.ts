// What crosses as bytes arrives as it was.
import { expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../../src/lab/wire.ts';

const MESSAGE = {
  text: 'π',
  numbers: [0, -1.5, 2 ** 40, NaN, Infinity, null],
  nested: { flag: true, list: [[1], []] },
  bytes: new Uint8Array([1, 2, 255]),
  arrays: [
    new Float32Array([0.1, NaN]),
    new Float64Array([0.1]),
    new Int32Array([-1]),
    new Uint32Array([2 ** 32 - 1]),
    new Float32Array(0),
  ],
  part: new Float32Array([1, 2, 3, 4]).subarray(1, 3),
  map: new Map([['a', { shape: [2], values: new Float32Array([1, 2]) }]]),
};

test('plain data, typed arrays and maps survive, from any buffer', () => {
  const bytes = toBytes(MESSAGE);
  expect(fromBytes(bytes)).toEqual(MESSAGE);
  const shifted = Buffer.concat([Buffer.from([7]), bytes]).subarray(1);
  expect(fromBytes(shifted)).toEqual(MESSAGE);
});

test('undefined entries are dropped', () => {
  const copy = fromBytes(toBytes({ a: 1, b: undefined }));
  expect(Object.keys(copy as object)).toEqual(['a']);
});
