// Every quantised type against ggml's own conversion: values, the same from codes, rows, and parts of rows.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import { openGguf } from '../../../../src/model/gguf/open.ts';
import { ggufTensor } from '../../../../src/model/gguf/tensor.ts';
import type { BlockCodes } from '../../../../src/tensor/block-codes.ts';

const folder = new URL('../../../golden/gguf/blocks/', import.meta.url).pathname;
const file = await openGguf(await nodeFolder(folder), 'blocks.gguf');
const expected = readSafetensors(await readFile(`${folder}blocks.safetensors`), 'blocks').tensors;

const bitsOf = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

/** As `BlockCodes` says, with its own loop. */
function valuesOf({ rows, columns, block, codes, scales, minimums }: BlockCodes): Float32Array {
  const blocks = Math.ceil(columns / block);
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const at = row * blocks + Math.floor(column / block);
    const product = Math.fround(scales[at]! * codes[row * blocks * block + column]!);
    return minimums ? Math.fround(product + minimums[at]!) : product;
  });
}

test.each([...file.entries.keys()])('%s', async (name) => {
  const entry = file.entries.get(name)!;
  const tensor = ggufTensor(entry, file.load, name);
  const golden = expected.get(name)!.read();
  const [, columns = 0] = entry.shape;
  expect(entry.shape).toEqual([3, 512]);
  expect(bitsOf(await tensor.read())).toEqual(bitsOf(golden));
  expect(bitsOf(await tensor.read(100, 1333))).toEqual(bitsOf(golden.slice(100, 1333)));

  const order = [2, 0, 1];
  const turned = ggufTensor(entry, file.load, name, { order });
  const rows = order.flatMap((row) => [...golden.slice(row * columns, (row + 1) * columns)]);
  expect([...(await turned.read())]).toEqual(rows);
  expect([...(await turned.read(columns, 2 * columns))]).toEqual(rows.slice(columns, 2 * columns));
  if (!tensor.codes) return;
  // A zero is a zero: what is added to codes may turn its sign.
  const positive = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);
  const codes = await tensor.codes();
  expect(positive(valuesOf(codes))).toEqual(positive(golden));
  expect(positive(valuesOf(await turned.codes!(1, 3)))).toEqual(positive(rows.slice(columns)));
  const { bits, block, minimums } = codes;
  expect(tensor.codeForm).toEqual({ bits, block, hasMinimums: minimums !== undefined });
  expect(new Set(codes.codes).size).toBeLessThanOrEqual(2 ** bits);
});

test('all eleven types are there', () => {
  expect(file.entries.size).toBe(11);
});
