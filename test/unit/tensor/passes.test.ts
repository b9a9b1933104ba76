// Logits never take more memory than allowed, whatever the sizes.
import fc from '../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { planPasses, rangesOf } from '../../../src/tensor/ops/trie-loss/passes.ts';

const size = (max: number) => fc.integer({ min: 1, max });

test('a pass fits in what is allowed, and passes cover rows and vocabulary', () =>
  fc.assert(
    fc.property(size(20_000), size(300_000), size(2 ** 26), (rows, vocab, maxBytes) => {
      const plan = planPasses(rows, vocab, { maxBytes });
      expect(plan.rows * plan.chunk * 4).toBeLessThanOrEqual(Math.max(4, maxBytes));
      // A single logit is always allowed.
      const fits = rows * vocab * 4 <= Math.max(4, maxBytes);
      expect(plan.keeps).toBe(fits);
      if (plan.keeps) expect(plan.rows).toBe(rows);
      expect(plan.chunk).toBeGreaterThan(0);
      for (const [total, part] of [
        [rows, plan.rows],
        [vocab, plan.chunk],
      ] as const) {
        const ranges = rangesOf(total, part);
        expect(ranges.reduce((sum, range) => sum + range.size, 0)).toBe(total);
        expect(ranges.at(-1)!.first + ranges.at(-1)!.size).toBe(total);
      }
    }),
  ));

test('by default a large vocabulary passes in pieces of at most 8192, a small one at once', () => {
  expect(planPasses(150, 1024, {})).toMatchObject({ rows: 150, chunk: 1024, keeps: true });
  const { rows, chunk, keeps } = planPasses(150, 151_936, {});
  expect([rows, keeps]).toEqual([150, false]);
  expect(chunk).toBeLessThanOrEqual(8192);
  expect(planPasses(20_000, 1024, {})).toMatchObject({ rows: 8192, keeps: false });
});

test('logits of several passes are kept while they are within the bound together', () => {
  expect(planPasses(45, 32_000, {})).toMatchObject({ keeps: true });
  expect(planPasses(150, 151_936, {})).toMatchObject({ keeps: false });
});
