// The anchor of one arm made ready, as events: the untouched model is asked before the arm trains.
import type { StepBatch } from '../../training/trainer.ts';
import { anchorBatches, anchorExamples } from './anchor/anchor-batches.ts';
import type { AnchorExample } from './anchor/anchor-batches.ts';
import { anchorSchedule } from './anchor/anchor-schedule.ts';
import type { StudyEvent } from '../events.ts';
import type { Study } from './study-context.ts';
import { phaseEvent } from './study-events.ts';
import type { ArmPlan } from '../plan/study-plan.ts';

/** Anchor prompts that the untouched model must be asked before the arm trains on, from step `done`. */
export function anchorsLeft({ anchor, steps }: ArmPlan, seed: number, done: number): number {
  return anchor ? anchorSchedule(anchor, seed, done, steps).prompts.length : 0;
}

/** Returns the anchor's batches, or nothing where the arm has no anchor or is trained already. */
export async function* prepareAnchor(
  { experiment: { seed }, model, pool, clock, signal }: Study,
  arm: string,
  plan: ArmPlan,
  done: number,
): AsyncGenerator<StudyEvent, ((step: number) => StepBatch | undefined) | undefined> {
  if (!plan.anchor) return undefined;
  const schedule = anchorSchedule(plan.anchor, seed, done, plan.steps);
  const total = schedule.prompts.length;
  if (total === 0) return undefined;
  const phase = (count: number) =>
    phaseEvent('preparing', count, total, 'prompts', arm, clock.left);
  const examples: AnchorExample[] = [];
  const asked = { ask: pool.ask, together: pool.together, tokenizer: model.tokenizer };
  yield phase(0);
  clock.start();
  const run = { seed, signal };
  for await (const example of anchorExamples(asked, schedule, plan.anchor, run)) {
    examples.push(example);
    clock.done('anchor');
    yield phase(examples.length);
    clock.start(); // whoever follows the events may have taken their time
  }
  return anchorBatches(examples, schedule);
}
