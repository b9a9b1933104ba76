// Matrix products on chosen and on random shapes.
import fc from '../../support/fast-check.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasmHeap } from '../../../bench/tasks/wasm-heap.ts';
import { startNodeBackend } from '../../../cli/backend.ts';
import { matMul, matMulByRows } from '../../../src/tensor/mat-mul.ts';
import { tensorsOf } from '../../../src/tensor/matrix.ts';
import { toF32Matrix } from '../../../src/tensor/make-matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../../support/compare.ts';
import { checkOperation } from '../../support/operation.ts';
import {
  batchMatMulOn,
  matMulOn,
  PRODUCTS,
  transposeOn,
} from '../../support/product-operations.ts';

const size = fc.integer({ min: 1, max: 12 });
/** Beyond the blocks that transposes go by, and not multiples of them. */
const shape = fc.integer({ min: 1, max: 150 });
const runs = { numRuns: 20 };

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(PRODUCTS)('$name', (operation) => checkOperation(operation));

  test('matrix products', () =>
    fc.assert(
      fc.asyncProperty(fc.tuple(size, size, size), fc.boolean(), fc.boolean(), (sizes, a, b) =>
        checkOperation(matMulOn(sizes, a, b)),
      ),
      runs,
    ));

  test('products of stacked matrices', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size, size, size, size),
        fc.boolean(),
        fc.boolean(),
        (sizes, a, b) => checkOperation(batchMatMulOn(sizes, a, b)),
      ),
      runs,
    ));

  test('transposes', () =>
    fc.assert(
      fc.asyncProperty(fc.tuple(shape, shape), ([n, m]) => checkOperation(transposeOn(n, m))),
      runs,
    ));

  test.each([
    [300, 400],
    [513, 256],
  ])('products with the rows of a weight of %i x %i', async (rows, columns) => {
    const x = tf.randomNormal([3, columns], 0, 1, 'float32', 1) as tf.Tensor2D;
    const values = await tf.randomNormal([rows, columns], 0, 1, 'float32', 2).data();
    const weight = toF32Matrix(values as Float32Array, rows, columns);
    const expected = await tf.matMul(x, weight.values, false, true).data();
    expectClose(await matMulByRows(x, weight).data(), expected, 1e-6, 'product');
    tf.dispose(tensorsOf(weight));
  });
});

// Few rows are multiplied another way than many.
test.each([1, 5, 6, 7])('%i rows are those of a product with more, to the bit', async (n) => {
  await startNodeBackend('wasm');
  const [k, m] = [1601, 700];
  const [all, b] = [tf.randomNormal([16, k], 0, 1, 'float32', 1), tf.randomNormal([k, m], 0, 1)];
  const few = tf.slice(all, [0, 0], [n, k]) as tf.Tensor2D;
  const [some, whole] = [few, all as tf.Tensor2D].map((a) => matMul(a, b as tf.Tensor2D));
  expect(await some!.data()).toEqual((await whole!.data()).slice(0, n * m));
  tf.dispose([all, b, few, some!, whole!]);
});

test('products leave no copies of them in the heap', async () => {
  await startNodeBackend('wasm');
  const size = 512;
  const bytes = 4 * size * size;
  const x = tf.ones([1, size]) as tf.Tensor2D;
  const weights = Array.from({ length: 40 }, () => tf.ones([size, size]) as tf.Tensor2D);
  const before = wasmHeap()!;
  for (const weight of weights) matMul(x, weight).dispose();
  // The heap may have to grow for one of them, by a fifth at least.
  expect(wasmHeap()! - before).toBeLessThan(0.2 * before + 2 * bytes);
  tf.dispose([x, weights]);
});
