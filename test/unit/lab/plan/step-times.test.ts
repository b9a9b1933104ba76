// Times of arms from their first steps: what prepares is left out, the rest is multiplied.
import { expect, test } from 'vitest';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { StepTimes } from '../../../../src/lab/plan/step-times.ts';

const step = (arm: string, seconds: number) => ({ type: 'step', arm, seconds }) as StudyEvent;
const snapshot = { type: 'snapshot' } as StudyEvent;
const preparing = { type: 'phase', phase: 'preparing', total: 10 } as StudyEvent;

test('steps and scores are timed without the first of each', () => {
  const times = new StepTimes(resolveExperiment({}));
  times.hear(preparing, 0);
  times.hear(snapshot, 5000);
  expect(times.secondsOf('base', 0)).toBeNull();
  const heard: [StudyEvent, number][] = [
    [step('soft', 3), 8000],
    [snapshot, 8200],
    [step('hard', 9), 17_200],
    [snapshot, 17_600],
    [step('soft', 3.5), 18_100],
    [step('hard', 10), 19_100],
    [step('soft', 4), 19_600],
  ];
  for (const [event, now] of heard) times.hear(event, now);
  expect(times.isEnough).toBe(false);
  times.hear(step('hard', 11), 20_600);
  expect(times.isEnough).toBe(true);
  // Ten prompts at 0.2 and 0.4 seconds each; half a second a step of soft, a second of hard.
  expect(times.secondsOf('base', 0)).toBeCloseTo(3, 9);
  expect(times.secondsOf('soft', 100)).toBeCloseTo(53, 9);
  expect(times.secondsOf('hard', 100)).toBeCloseTo(103, 9);
});
