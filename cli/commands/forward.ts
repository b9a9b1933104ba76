// `lab forward`: logits of sequences and of tries.
import type { ForwardEvent } from '../../src/lab/jobs/forward.ts';
import { defineCommand } from '../command.ts';
import { readJson } from '../in-file.ts';
import { INPUT, runJobAt, workplace } from '../jobs.ts';
import { required } from '../options.ts';
import { outFile } from '../out-place.ts';
import { TensorFile } from '../tensor-file.ts';
import { toJson } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Reads {"sequences":[[ids]…],"tries":[{"prompt":[ids],"paths":[[ids]…]}…]}, either of them or',
    'both, and writes sequence.I.logits [tokens, vocab] and trie.I.logits [nodes, vocab] to --out.',
    'Row 0 of a trie is the last prompt position; then come the distinct prefixes of its paths, whole',
    'paths included, depth first by first appearance. Prints them: {"tries":[{"prefixes":[[ids]…]}…]}.',
  ].join('\n'),
  options: {
    input: INPUT,
    out: required(outFile('FILE.safetensors', 'where the logits go')),
  },
  async run(options, terminal) {
    const { out } = options;
    const input = await readJson(options.input, 'input');
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
      await runJobAt(await workplace(options), { kind: 'forward', input }, onEvent);
      await file!.finish();
    } catch (error) {
      await file?.discard();
      throw error;
    }
    await terminal.write(`${toJson({ tries: prefixes.map((of) => ({ prefixes: of })) })}\n`);
  },
});
