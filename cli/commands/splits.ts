// `lab splits`: the prompts of the paper.
import { buildSplits } from '../../src/core/prompts/splits.ts';
import { defineCommand } from '../command.ts';
import { kinds, option } from '../options.ts';
import { writeResult } from '../terminal.ts';

const SELECTIONS = ['full_grid', 'paper_selected'] as const;

export const command = defineCommand({
  description:
    'Prints {"train":[{"id","family","tier","parameters","prompt"}…],"test_unseen_params":[…],"test_ood_family":[…]} in the order of the reference.',
  options: {
    selection: option(
      SELECTIONS.join('|'),
      'which test prompts',
      kinds.oneOf(SELECTIONS),
      'full_grid',
    ),
  },
  async run(options, terminal) {
    const splits = buildSplits({ eval_prompt_selection: options.selection });
    await writeResult(terminal, options, splits);
  },
});
