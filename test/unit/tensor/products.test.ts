// Matrix products on chosen and on random shapes.
import fc from 'fast-check';
import { beforeAll, describe, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { checkOperation } from '../../support/operation.ts';
import { batchMatMulOn, matMulOn, PRODUCTS } from '../../support/product-operations.ts';

const size = fc.integer({ min: 1, max: 12 });
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
});
