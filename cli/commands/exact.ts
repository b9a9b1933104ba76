// `lab exact`: how far a model's answers are from a distribution, over the whole trie of answers.
import { defineCommand } from '../command.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { DATE_OPTION, DISTRIBUTION_OPTIONS, SPACE_OPTIONS } from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Asks the model for a number from the distribution, in the words of the paper, and prints',
    '{"kl","tv","js","valid_mass","reference_logit_kl","nodes"}: KL(target || model), total variation',
    'and Jensen-Shannon of whole answers, the probability that the model gives a valid one, the',
    "reference's mean KL per step over 4 paths drawn by --seed, and the size of the trie.",
  ].join('\n'),
  options: { ...DISTRIBUTION_OPTIONS, ...SPACE_OPTIONS, ...DATE_OPTION },
  async run(options, terminal) {
    const { family, params, decimals, bins, seed, date } = options;
    const input = { family, params, decimals, bins, seed, date };
    const place = await workplace(options);
    await runJobAt(place, { kind: 'exact', input }, async (event) => {
      if (event.type === 'note') return terminal.notify(`note: ${event.message}\n`);
      const { kl, tv, js, valid_mass, reference_logit_kl, nodes } = event;
      const scores = { kl, tv, js, valid_mass, reference_logit_kl, nodes };
      await writeResult(terminal, options, scores);
    });
  },
});
