// The prompts that exact scoring is measured on.
import { buildSplits } from '../../src/core/prompts/splits.ts';

/** The paper's selected prompts, unseen parameters first. */
export function selectedPrompts() {
  const splits = buildSplits({ eval_prompt_selection: 'paper_selected' });
  return [...splits.test_unseen_params, ...splits.test_ood_family];
}
