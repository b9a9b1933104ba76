// `lab forward`: logits of sequences and of tries.
import type { ForwardEvent } from '../../src/lab/jobs/forward.ts';
import type { Command } from '../command.ts';
import { readInput, runJobAt, workplace } from '../jobs.ts';
import { TensorFile } from '../tensor-file.ts';
import { toJson } from '../terminal.ts';

export const command: Command = {
  usage: 'forward --model DIR [--adapter DIR] --input FILE --out FILE.safetensors',
  description: [
    'Reads {"sequences":[[ids]…],"tries":[{"prompt":[ids],"paths":[[ids]…]}…]}, either of them or',
    'both, and writes sequence.I.logits [tokens, vocab] and trie.I.logits [nodes, vocab] to --out.',
    'Row 0 of a trie is the last prompt position; then come the distinct prefixes of its paths, whole',
    'paths included, depth first by first appearance. Prints them: {"tries":[{"prefixes":[[ids]…]}…]}.',
  ].join('\n'),
  options: { input: { value: 'FILE', help: 'JSON: what to run' } },
  async run(args, terminal) {
    const out = args.requiredText('out');
    const input = await readInput(args);
    let file: TensorFile | undefined;
    let prefixes: readonly unknown[] = [];
    try {
      const onEvent = async (event: ForwardEvent) => {
        if (event.type === 'layout') {
          const shapes = new Map(event.tensors.map(({ name, shape }) => [name, shape]));
          file = await TensorFile.create(out, shapes);
          prefixes = event.prefixes;
        } else {
          await file!.write(event.tensor, event.first, event.values);
        }
      };
      await runJobAt(await workplace(args), { kind: 'forward', input }, onEvent);
      await file!.finish();
    } catch (error) {
      await file?.discard();
      throw error;
    }
    await terminal.write(`${toJson({ tries: prefixes.map((of) => ({ prefixes: of })) })}\n`);
  },
};
