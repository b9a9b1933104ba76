// The learning rate against transformers' scheduler.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cosineSchedule, trainingRate } from '../../../src/training/schedule.ts';

interface Schedule {
  readonly steps: number;
  readonly warmup: number;
  readonly peak: number;
  /** By step. */
  readonly rates: Record<string, number>;
}

const golden = new URL('../../golden/schedule.json', import.meta.url);
const { schedules } = JSON.parse(readFileSync(golden, 'utf8')) as { schedules: Schedule[] };

test.each(schedules)('$steps steps, warm-up $warmup', ({ rates, ...options }) => {
  for (const [step, rate] of Object.entries(rates)) {
    const actual = cosineSchedule(Number(step), options);
    expect(Math.abs(actual - rate), `step ${step}`).toBeLessThanOrEqual(1e-12 * options.peak);
  }
});

test.each([0, 0.03, 0.5, 1])('W4: a single step with warm-up %d has the whole rate', (warmup) => {
  expect(trainingRate(0, { steps: 1, peak: 2e-4, warmup })).toBe(2e-4);
});

test('W4: no schedule is without a step that trains, however long its warm-up', () => {
  for (const steps of [1, 2, 3, 10]) {
    const rates = Array.from({ length: steps }, (_, step) =>
      trainingRate(step, { steps, peak: 1, warmup: 1 }),
    );
    expect(Math.max(...rates), `${steps} steps`).toBeGreaterThanOrEqual(0.5);
  }
});
