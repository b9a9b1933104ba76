// `lab exact`: how far a model's answers are from a distribution, over the whole trie of answers.
import type { Command } from '../command.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { DISTRIBUTION_OPTIONS, SPACE_OPTIONS } from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command: Command = {
  usage: 'exact --family F --params k=v,… [--decimals D] [--bins N] [--model DIR] [--adapter DIR]',
  description: [
    'Asks the model for a number from the distribution, in the words of the paper, and prints',
    '{"kl","tv","js","valid_mass","reference_logit_kl","nodes"}: KL(target || model), total variation',
    'and Jensen-Shannon of whole answers, the probability that the model gives a valid one, the',
    "reference's mean KL per step over 4 paths drawn by --seed, and the size of the trie.",
  ].join('\n'),
  options: { ...DISTRIBUTION_OPTIONS, ...SPACE_OPTIONS },
  async run(args, terminal) {
    const input = {
      family: args.requiredText('family'),
      params: args.parameters('params'),
      decimals: args.number('decimals', 2),
      bins: args.number('bins', 1001),
      seed: args.integer('seed', 11),
    };
    const place = await workplace(args);
    await runJobAt(place, { kind: 'exact', input }, ({ type: _, ...scores }) =>
      writeResult(terminal, args, scores),
    );
  },
};
