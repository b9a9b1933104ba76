// `lab gradients`: a training loss and the gradient of every tensor of an adapter.
import { writeFile } from 'node:fs/promises';
import { writeSafetensors } from '../../src/model/files/safetensors-writer.ts';
import { defineCommand } from '../command.ts';
import { COMMON_OPTIONS } from '../common-options.ts';
import { readJson } from '../in-file.ts';
import { INPUT, runJobAt, workplace } from '../jobs.ts';
import { required } from '../options.ts';
import { asOut, outFile } from '../out-place.ts';
import { toJson } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Reads {"method":"soft"|"hard","tau":1,"examples":[{"prompt":[ids],"completion":[ids],"targets":',
    '[{"tokens":[ids],"probabilities":[…]}…]}…]}: completions include the end token, and soft needs',
    'a target for each of their tokens. Prints {"loss"} and writes the gradients to --out under the',
    'names of PEFT. {"method":"objective","objective":"kl"|"tv"|"js"|"brier"|"reverse_kl"|"cramer","tau":1,',
    '"examples":[{"prompt":[ids],"answers":[{"tokens":[ids],"probability","value"}…]}…]} gives those of a',
    'function of the probabilities of whole answers. soft: mean over examples of the mean over steps of KL(target || model); hard:',
    'cross-entropy averaged over all tokens of all completions. No dropout.',
  ].join('\n'),
  options: {
    adapter: required(COMMON_OPTIONS.adapter),
    input: INPUT,
    out: required(outFile('FILE.safetensors', 'where the gradients go')),
  },
  async run(options, terminal) {
    const { out } = options;
    const input = await readJson(options.input, 'input');
    const place = await workplace(options);
    await runJobAt(place, { kind: 'gradients', input }, async ({ loss, gradients }) => {
      await asOut(out, 'out', () => writeFile(out, writeSafetensors(gradients)));
      await terminal.write(`${toJson({ loss })}\n`);
    });
  },
});
