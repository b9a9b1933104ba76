// What is said of the memory of many steps.
import { expect, test } from 'vitest';
import { memoryFigures } from '../../../bench/reports/memory-report.ts';

const reading = (tensors: number, peakBytes: number | null, estimatedBytes = 100) => ({
  ...{ tensors, tensorBytes: 8 * tensors, poolBytes: peakBytes, peakBytes, estimatedBytes },
  processBytes: null,
});

test('the most of each third, so that growth shows, and the steps left over count as late', () => {
  const { held } = memoryFigures([5, 3, 4, 6, 9, 2, 7, 8].map((tensors) => reading(tensors, null)));
  expect(held.first_third.tensors).toBe(5);
  expect(held.second_third.tensors).toBe(6);
  expect(held.last_third).toEqual({
    ...{ tensors: 9, tensor_bytes: 72, pool_bytes: null, process_bytes: null },
  });
});

test('the peak stands beside the estimate of its own step', () => {
  const readings = [reading(1, 80, 70), reading(1, 120, 150), reading(1, 90, 400)];
  expect(memoryFigures(readings).peak).toEqual({
    ...{ measured: 120, estimated: 150, estimated_over_measured: 1.25 },
  });
  expect(memoryFigures([1, 2, 3].map((n) => reading(n, null))).peak).toBeNull();
});
