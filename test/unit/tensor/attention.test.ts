// Attention over trees against double precision and tfjs's tape, on wasm and cpu.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { implementKernel } from '../../../src/tensor/kernel.ts';
import {
  attentionGradientKernel,
  attentionKernel,
} from '../../../src/tensor/ops/attention/attention.ts';
import { attentionOnHost } from '../../../src/tensor/ops/attention/forward-on-host.ts';
import { attentionGradientOnHost } from '../../../src/tensor/ops/attention/gradient-on-host.ts';
import { seesLittle } from '../../../src/tensor/ops/attention/visible.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { checkOperation } from '../../support/operation.ts';
import {
  ATTENTION_CASES,
  ATTENTIONS,
  nameOf,
  shapeOf,
  treeOf,
} from '../../support/operations/attention.ts';
import type { AttentionCase } from '../../support/operations/attention.ts';
import {
  checkCache,
  checkKernel,
  checkLogSums,
} from '../../support/operations/attention-checks.ts';
import { tensorsOf } from '../../support/operations/random-tree.ts';

const PROMPT: AttentionCase = { rows: 2, slots: 30, chain: 30, heads: 2, kvHeads: 1, headDim: 8 };
const TRIE: AttentionCase = { ...PROMPT, slots: 90, chain: 11 };

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend(backend);
  }, 60_000);

  test('prompts and tries take different ways to the same result', async () => {
    const ways = [PROMPT, TRIE].map((c) =>
      tf.tidy(() => seesLittle(tensorsOf(c, treeOf(c)), shapeOf(c))),
    );
    expect(ways).toEqual([false, true]);
    for (const c of [PROMPT, TRIE]) await checkKernel(c, 1e-5);
  });

  describe.each([
    ['dense scores', attentionKernel.composed, attentionGradientKernel.composed],
    ['lists of keys', attentionOnHost, attentionGradientOnHost],
  ])('by %s', (_, forward, gradient) => {
    beforeAll(() => {
      implementKernel(attentionKernel, backend, (inputs) => tf.tidy(() => forward(inputs)));
      implementKernel(attentionGradientKernel, backend, (inputs) =>
        tf.tidy(() => gradient(inputs)),
      );
    });

    test.each(ATTENTIONS)('$name', (operation) => checkOperation(operation));

    test.each(ATTENTION_CASES.map((c) => ({ name: nameOf(c), c })))(
      'log-sums and again: $name',
      async ({ c }) => {
        await checkLogSums(c, 2e-6);
        await checkKernel(c, 1e-5);
      },
    );

    test('a cache stands for the tokens of earlier passes', async () => {
      for (const c of ATTENTION_CASES.filter(({ rows, slots }) => rows === 1 && slots > 1)) {
        for (const first of [1, c.slots - 1]) await checkCache(c, first, 1e-6);
      }
    });
  });
});
