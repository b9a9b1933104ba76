// What a study has left to do, part by part: what its clock estimates the time left from.
import { temperatureOf } from './study-temperature.ts';
import { evaluationsOf, isScoredExactly } from './arm-measures.ts';
import { isTrained, type Arm, type Experiment } from '../experiment/experiment.ts';
import { anchorsLeft } from './study-anchor.ts';
import { ARM_START, type ArmState } from './study-context.ts';
import { planArm } from '../plan/study-plan.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';
import { taughtPrompts } from '../plan/study-prompts.ts';

/**
 * Anchor prompts, optimizer steps, scorings, searches and evaluations that are left.
 * @param arms that are left, the first of them in the given state
 * @param training all prompts that are trained on
 * @param measured number of prompts that every arm is scored on
 */
export function workLeft(
  arms: readonly Arm[],
  experiment: Experiment,
  training: readonly StudyPrompt[],
  measured: number,
  { trainer, scored, evaluated, temperature }: ArmState = ARM_START,
): Record<string, number> {
  const left: Record<string, number> = { step: 0, score: -scored };
  const add = (part: string, count: number) => (left[part] = (left[part] ?? 0) + count);
  for (const [i, arm] of arms.entries()) {
    const first = i === 0;
    if (isTrained(arm)) {
      const plan = planArm(arm, experiment, taughtPrompts(arm, training).length);
      const done = first ? (trainer?.step ?? 0) : 0;
      add('anchor', anchorsLeft(plan, experiment.seed, done));
      add('step', plan.steps - done);
    }
    if (isScoredExactly(arm)) add('score', measured);
    if (temperatureOf(arm) === 'search') {
      add('search', first && temperature !== null ? 0 : 1);
    }
    const evaluations = evaluationsOf(experiment, arm).slice(first ? evaluated : 0);
    for (const name of evaluations) add(name, 1);
  }
  return left;
}
