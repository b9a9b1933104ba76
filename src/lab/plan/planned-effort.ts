// What training the arms of an experiment will take, estimated without a model.
import { buildTrie } from '../../core/targets/build-trie.ts';
import { characterTokens, END_TOKEN } from './character-tokens.ts';
import type { PlannedEffort } from '../contract.ts';
import { type Experiment, isTrained } from '../experiment/experiment.ts';
import { type ArmPlan, planArm } from './study-plan.ts';
import type { StudyPrompt } from './study-prompt.ts';
import { taughtPrompts, studyPrompts } from './study-prompts.ts';
import { mean } from '../../core/mean.ts';

/** Prompts that are looked at, from all over the list. */
const LOOKED_AT = 24;
/** Of a prompt, with its template: about as many as tokenizers make of it that write digits singly. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * Steps, prompts and answers are what the study will do; tokens depend on the model's tokenizer and
 * on the answers drawn, and are estimated with a token per character of an answer.
 * @throws InputError where there is nothing to train on
 */
export function plannedEffort(experiment: Experiment): PlannedEffort[] {
  const { training } = studyPrompts(experiment);
  return experiment.arms.flatMap((arm) => {
    if (!isTrained(arm)) return [];
    const prompts = taughtPrompts(arm, training);
    const every = Math.max(1, prompts.length / LOOKED_AT);
    const looked = Array.from(
      { length: Math.min(prompts.length, LOOKED_AT) },
      (_, i) => prompts[Math.floor(i * every)]!,
    );
    const plan = planArm(arm, experiment, prompts.length);
    const shown = plan.steps * experiment.training.batch;
    const { steps, answers, decimals, bins } = plan;
    const tokens = (of: (prompt: StudyPrompt) => number) =>
      Math.round(shown * (mean(looked, of) ?? 0));
    return {
      ...{ arm: arm.name, steps, answers, decimals, bins },
      prompts: shown,
      distinctPrompts: prompts.length,
      promptTokens: tokens(({ text }) => text.length / CHARACTERS_PER_TOKEN),
      answerTokens: tokens((prompt) => nodesOf(prompt, plan)),
    };
  });
}

/** Expected distinct prefixes among the answers drawn: each node is missed by all of them, or not. */
function nodesOf(prompt: StudyPrompt, plan: ArmPlan): number {
  const { answers } = plan;
  const trie = buildTrie(prompt.space(plan), characterTokens, END_TOKEN);
  if (answers === 'trie') return trie.nodeCount - 1;
  return trie.mass.subarray(1).reduce((sum, mass) => sum + 1 - (1 - mass) ** answers, 0);
}
