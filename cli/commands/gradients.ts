// `lab gradients`: a training loss and the gradient of every tensor of an adapter.
import { writeFile } from 'node:fs/promises';
import { InputError } from '../../src/core/errors.ts';
import { writeSafetensors } from '../../src/model/files/safetensors-writer.ts';
import type { Command } from '../command.ts';
import { readInput, runJobAt, workplace } from '../jobs.ts';
import { toJson } from '../terminal.ts';

export const command: Command = {
  usage: 'gradients --model DIR --adapter DIR --input FILE --out FILE.safetensors',
  description: [
    'Reads {"method":"soft"|"hard","tau":1,"examples":[{"prompt":[ids],"completion":[ids],"targets":',
    '[{"tokens":[ids],"probabilities":[…]}…]}…]}: completions include the end token, and soft needs',
    'a target for each of their tokens. Prints {"loss"} and writes the gradients to --out under the',
    'names of PEFT. soft: mean over examples of the mean over steps of KL(target || model); hard:',
    'cross-entropy averaged over all tokens of all completions. No dropout.',
  ].join('\n'),
  options: { input: { value: 'FILE', help: 'JSON: method and examples' } },
  async run(args, terminal) {
    const out = args.requiredText('out');
    args.requiredText('adapter');
    const input = await readInput(args);
    const place = await workplace(args);
    await runJobAt(place, { kind: 'gradients', input }, async ({ loss, gradients }) => {
      await writeFile(out, writeSafetensors(gradients)).catch((error: Error) => {
        throw new InputError(
          `${out} cannot be written (${error.message})`,
          'give another --out',
          'out',
        );
      });
      await terminal.write(`${toJson({ loss })}\n`);
    });
  },
};
