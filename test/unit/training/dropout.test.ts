// Dropout masks: unbiased, at their rate, and decided by their stream alone.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { Dropout } from '../../../src/model/lora.ts';

beforeAll(async () => {
  await startNodeBackend('cpu');
}, 60_000);

const maskOf = (rate: number, seed = 1, [rows, width] = [200, 101] as [number, number]) => {
  const tensor = new Dropout(rate, randomStream(seed, 'dropout')).mask(rows, width);
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return values;
};

test.each([0.05, 0.1, 0.5, 0.9])('rate %d', (rate) => {
  const mask = maskOf(rate);
  const kept = [...mask].filter((value) => value !== 0);
  expect(new Set(kept).size).toBe(1);
  // The threshold is a multiple of 2^-16, and what is kept makes up for what is dropped.
  expect(Math.abs(kept[0]! - 1 / (1 - rate))).toBeLessThan((2 ** -16 / (1 - rate)) * kept[0]!);
  const deviation = Math.sqrt(rate / (1 - rate) / mask.length);
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  expect(Math.abs(mean - 1)).toBeLessThan(4 * deviation);
});

test('rate 0 keeps everything', () => {
  expect([...maskOf(0)].every((value) => value === 1)).toBe(true);
});

test('an odd number of entries', () => {
  expect(maskOf(0.5, 1, [1, 1])).toHaveLength(1);
  expect([...maskOf(0.5, 1, [3, 3])].every((value) => value === 0 || value === 2)).toBe(true);
});

test('one stream, one mask; masks that follow each other differ', () => {
  expect(maskOf(0.3)).toEqual(maskOf(0.3));
  expect(maskOf(0.3, 2)).not.toEqual(maskOf(0.3));
  const dropout = new Dropout(0.3, randomStream(1, 'dropout'));
  const [first, second] = [dropout.mask(10, 10), dropout.mask(10, 10)];
  expect(first.dataSync()).not.toEqual(second.dataSync());
});
