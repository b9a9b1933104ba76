// The learning rate against transformers' scheduler.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cosineSchedule } from '../../../src/training/schedule.ts';

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
