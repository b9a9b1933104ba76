// An arm's plan in words, for reports.
import type { Anchor, Experiment, TrainedArm } from '../experiment/experiment.ts';
import { methodOf } from '../../methods/names.ts';
import { planArm } from './study-plan.ts';

/** What an arm trains with, e.g. `soft, 16 answers of 8 prompts a step, anchor 1 on 8 prompts`. */
export function planText(arm: TrainedArm, experiment: Experiment): string {
  const { answers, anchor } = planArm(arm, experiment, 1); // the number of prompts sets the steps alone
  const { batch } = experiment.training;
  return [
    arm.method,
    ...(methodOf(arm).training!.words?.(arm as never) ?? []),
    answers === 'trie'
      ? `whole tries of ${batch} prompts a step`
      : `${answers} ${answers === 1 ? 'answer' : 'answers'} of ${batch} prompts a step`,
    ...(arm.prompts === undefined || arm.prompts === 'all' ? [] : [`${arm.prompts} only`]),
    ...(anchor ? [anchorText(anchor)] : []),
  ].join(', ');
}

/** @param anchor of an arm that may be stored, from before it was said how seldom */
function anchorText({ weight, batch, every = 1 }: Omit<Anchor, 'every'> & Partial<Anchor>): string {
  const prompts = `${batch} ${batch === 1 ? 'prompt' : 'prompts'}`;
  return `anchor ${weight} on ${prompts}${every === 1 ? '' : ` every ${every} steps`}`;
}
