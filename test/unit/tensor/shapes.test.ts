// Products, rotations and row moves on random shapes; kernels in host memory against tfjs's own.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { rotary, rotaryAngles, rotaryComposed } from '../../../src/tensor/ops/rotary.ts';
import { gatherRows } from '../../../src/tensor/ops/rows.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../../support/compare.ts';
import { checkOperation, F32 } from '../../support/operation.ts';
import { gatherRowsOn, rotaryOn } from '../../support/operations.ts';
import { batchMatMulOn, matMulOn } from '../../support/product-operations.ts';

const size = fc.integer({ min: 1, max: 12 });
const half = fc.integer({ min: 1, max: 6 });
const runs = { numRuns: 20 };

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test('matrix products', () =>
    fc.assert(
      fc.asyncProperty(fc.tuple(size, size, size), fc.boolean(), fc.boolean(), (sizes, a, b) =>
        checkOperation(matMulOn(sizes, a, b), F32),
      ),
      runs,
    ));

  test('products of stacked matrices', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(size, size, size, size),
        fc.boolean(),
        fc.boolean(),
        (sizes, a, b) => checkOperation(batchMatMulOn(sizes, a, b), F32),
      ),
      runs,
    ));

  test('rotations, and back', () =>
    fc.assert(
      fc.asyncProperty(size, size, half, async (n, heads, pairs) => {
        await checkOperation(rotaryOn(n, heads, 2 * pairs), F32);
        const values = Float32Array.from({ length: n * heads * 2 * pairs }, (_, i) => Math.sin(i));
        tf.tidy(() => {
          const x = tf.tensor3d(values, [n, heads, 2 * pairs]);
          const positions = Int32Array.from({ length: n }, (_, i) => 3 * i);
          const angles = rotaryAngles(positions, new Float32Array(pairs).fill(0.3), 1);
          const turned = rotary(x, angles);
          const composed = rotaryComposed(x, angles.cos, angles.sin, false);
          expectClose(turned.dataSync(), composed.dataSync(), 1e-6, 'composed');
          expectClose(rotary(turned, angles, true).dataSync(), values, 1e-6, 'back');
        });
      }),
      runs,
    ));

  test('rows taken and put back', () =>
    fc.assert(
      fc.asyncProperty(size, size, size, (n, m, width) =>
        checkOperation(gatherRowsOn(n, m, width), F32),
      ),
      runs,
    ));

  test('rows are taken exactly as tfjs takes them', () => {
    tf.tidy(() => {
      const table = tf.randomUniform<tf.Rank.R2>([5, 3]);
      const indices = Int32Array.of(4, 0, 4, 2);
      const expected = tf.gather(table, tf.tensor1d(indices, 'int32'));
      expect(gatherRows(table, indices).dataSync()).toEqual(expected.dataSync());
    });
  });
});
