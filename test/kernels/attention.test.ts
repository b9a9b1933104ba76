// Attention over trees on WebGPU inside Chromium: double precision, the tape, the composition.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { implementKernel } from '../../src/tensor/kernel.ts';
import {
  attentionGradientKernel,
  attentionKernel,
} from '../../src/tensor/ops/attention/attention.ts';
import {
  SUBGROUP_VARIANT,
  TILE_VARIANT,
} from '../../src/tensor/ops/attention/attention-on-webgpu.ts';
import { checkOperation } from '../support/operation.ts';
import { ATTENTION_CASES, ATTENTIONS, nameOf } from '../support/operations/attention.ts';
import type { AttentionCase } from '../support/operations/attention.ts';
import { checkCache, checkKernel, checkLogSums } from '../support/operations/attention-checks.ts';

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));
afterEach(() => expect(failure.error).toBeUndefined());

function use(variant: typeof TILE_VARIANT) {
  implementKernel(attentionKernel, 'webgpu', variant.forward);
  implementKernel(attentionGradientKernel, 'webgpu', variant.gradient);
}

async function checkCaches(cases: readonly AttentionCase[]) {
  for (const c of cases.filter(({ rows, slots }) => rows === 1 && slots > 1)) {
    for (const first of [1, c.slots - 1]) await checkCache(c, first, 1e-6);
  }
}

describe('by subgroups', () => {
  beforeAll(() => use(SUBGROUP_VARIANT));

  test.each(ATTENTIONS)('$name', (operation) => checkOperation(operation));

  test('log-sums', async () => {
    for (const c of ATTENTION_CASES) await checkLogSums(c, 1e-5);
  });

  test('the kernel equals the composition and itself', async () => {
    for (const c of ATTENTION_CASES) await checkKernel(c, 1e-5);
  });

  test('a cache stands for the tokens of earlier passes', () => checkCaches(ATTENTION_CASES));
});

// Barriers take the software adapter seconds to compile: each thing once.
describe('by tiles', () => {
  beforeAll(() => use(TILE_VARIANT));
  const cases: readonly AttentionCase[] = [
    { rows: 1, slots: 1, chain: 1, heads: 1, kvHeads: 1, headDim: 2, sinks: true },
    { rows: 2, slots: 75, chain: 41, heads: 3, kvHeads: 3, headDim: 36 },
    { rows: 2, slots: 45, chain: 0, heads: 5, kvHeads: 1, headDim: 7, window: 9, softCap: 1.5 },
    { rows: 1, slots: 40, chain: 36, heads: 4, kvHeads: 2, headDim: 256, window: 30, sinks: true },
  ];

  test.each(cases.map((c) => ({ name: nameOf(c), c })))('$name', async ({ c }) => {
    await checkLogSums(c, 1e-5);
    await checkKernel(c, 1e-5);
  });

  test('a cache stands for the tokens of earlier passes', () => checkCaches(cases));
});
