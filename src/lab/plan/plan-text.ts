// An arm's plan in words, for reports.
import type { Experiment, TrainedArm } from '../experiment/experiment.ts';
import { planArm, type ArmPlan } from './study-plan.ts';

/** What an arm trains with, e.g. `soft, 16 answers of 8 prompts a step, anchor 1 on 8 prompts`. */
export function planText(arm: TrainedArm, experiment: Experiment): string {
  const plan = planArm(arm, experiment, 1); // the number of prompts sets the steps alone
  const { answers, curriculum } = plan;
  const { batch } = experiment.training;
  return [
    arm.method,
    answers === 'trie'
      ? `whole tries of ${batch} prompts a step`
      : `${answers} ${answers === 1 ? 'answer' : 'answers'} of ${batch} prompts a step`,
    ...optionTexts(plan),
    ...(curriculum ? ['least entropy first'] : []),
  ].join(', ');
}

function optionTexts({ anchor, draws, tailPolicy, placement, soft = {} }: ArmPlan): string[] {
  const { weighting, mix, smoothing } = soft;
  return [
    ...(draws === 'stratified' ? ['in strata'] : []),
    ...(weighting === 'tokens' ? ['weighing tokens alike'] : []),
    ...(mix ? [`${mix} of the targets sampled`] : []),
    ...(smoothing ? [`smoothed by ${smoothing}`] : []),
    ...(tailPolicy === 'none' ? ['without tails'] : []),
    ...(placement === 'quantiles' ? ['bins at quantiles'] : []),
    ...(anchor ? [`anchor ${anchor.weight} on ${anchor.batch} prompts`] : []),
  ];
}
