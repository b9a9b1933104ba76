// `lab splits`: the prompts of the paper.
import { buildSplits } from '../../src/core/prompts/splits.ts';
import type { Command } from '../command.ts';
import { writeResult } from '../terminal.ts';

export const command: Command = {
  usage: 'splits [--selection full_grid|paper_selected]',
  description:
    'Prints {"train":[{"id","family","tier","parameters","prompt"}…],"test_unseen_params":[…],"test_ood_family":[…]} in the order of the reference.',
  options: {
    selection: {
      value: 'full_grid|paper_selected',
      help: 'which test prompts (default full_grid)',
    },
  },
  async run(args, terminal) {
    const selections = ['full_grid', 'paper_selected'] as const;
    const eval_prompt_selection = args.choice('selection', selections, 'full_grid');
    await writeResult(terminal, args, buildSplits({ eval_prompt_selection }));
  },
};
