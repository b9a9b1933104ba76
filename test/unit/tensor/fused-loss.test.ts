// The fused loss against double precision and tfjs's tape, in pieces of any size, on wasm and cpu.
import fc from '../../support/fast-check.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { trieLoss } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { checkOperation } from '../../support/operation.ts';
import { f32Matrix } from '../../support/operations/tensors.ts';
import {
  checkLargeHead,
  checkOnlyToken,
  checkPieces,
  checkTargetLogProbabilities,
} from '../../support/operations/trie-loss-checks.ts';
import { LOSSES } from '../../support/operations/trie-loss.ts';

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 9 }),
  // Of one token alone everything is 0, to which nothing is relative: see its own test.
  vocab: fc.integer({ min: 2, max: 40 }),
});
const pieces = fc.record({
  chunk: fc.integer({ min: 1, max: 45 }),
  maxBytes: fc.integer({ min: 1, max: 4 * 200 }),
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test.each(LOSSES)('$name', (operation) => checkOperation(operation));

  test('pieces of any size give what one pass gives', () =>
    fc.assert(
      fc.asyncProperty(sizes, pieces, (shape, cut) => checkPieces(shape, cut, 1e-5)),
      { numRuns: 25 },
    ));

  test.each([
    ['kept', 5 * 23],
    ['made again', 5 * 7],
  ])('logits of several chunks, %s for the gradient', async (_, entries) => {
    const pieces = { chunk: 7, maxBytes: 4 * entries };
    for (const softCap of [Infinity, 1.5]) {
      const logits = { temperature: 0.8, softCap };
      await checkPieces({ rows: 5, width: 6, vocab: 23 }, pieces, 1e-5, logits);
    }
  });

  test('log-probabilities of the targets alone', () =>
    fc.assert(
      fc.asyncProperty(sizes, pieces, (shape, cut) =>
        checkTargetLogProbabilities(shape, { ...cut, temperature: 1.3, softCap: 4 }, 1e-5),
      ),
      { numRuns: 25 },
    ));

  test('pieces of a loss that is nearly 0', () =>
    checkPieces({ rows: 1, width: 8, vocab: 2 }, { chunk: 1, maxBytes: 4 }, 1e-5));

  test('the only token of a vocabulary costs nothing', async () => {
    for (const pieces of [{}, { chunk: 1, maxBytes: 1 }, { chunk: 45, maxBytes: 8 }]) {
      await checkOnlyToken({ rows: 3, width: 1 }, pieces, 1e-6);
      await checkOnlyToken({ rows: 7, width: 9 }, pieces, 1e-6);
    }
  });

  test('a vocabulary of 151,936', async () => {
    await checkLargeHead('f32', 151_936, { temperature: 0.8 }, 1e-5);
    await checkTargetLogProbabilities({ rows: 3, width: 4, vocab: 151_936 }, {}, 1e-6);
  });

  test('large logits neither overflow nor lose the loss', () => {
    const [row] = tf.tidy(() => {
      const hidden = tf.tensor2d([[1000], [-1000]]);
      const head = f32Matrix(tf.tensor2d([[1], [0.999], [0.5]]));
      const targets = {
        weight: Float32Array.of(1, 1),
        start: Int32Array.of(0, 1, 2),
        token: Int32Array.of(0, 2),
        probability: Float32Array.of(1, 1),
      };
      // Row 1: logits 1000, 999, 500; row 2: -1000, -999, -500.
      return trieLoss(hidden, head, targets, 'cross-entropy').loss.dataSync();
    });
    expect(row).toBeCloseTo(Math.log(1 + Math.exp(-1)), 4);
  });
});
