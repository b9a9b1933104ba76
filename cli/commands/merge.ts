// `lab merge`: a model folder with an adapter merged into its weights.
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import { mergedFolder, type OutgoingFile } from '../../src/model/merge.ts';
import { readCheckpoint } from '../../src/model/model-folder.ts';
import { readAdapter } from '../../src/model/adapter/peft.ts';
import type { Command } from '../command.ts';
import { nodeFolder } from '../model-folder.ts';
import { BUILTIN } from '../open-model.ts';
import { toJson } from '../terminal.ts';

export const command: Command = {
  usage: 'merge --model DIR --adapter DIR --out DIR',
  description: [
    'Writes a whole checkpoint to --out in which every adapted weight W is W + scaling B A: the types',
    'and the layout of the model, its configuration and its tokenizer. Tensor by tensor, so the model',
    'need not fit into memory. Prints {"out","files":[{"name","bytes"}…],"notes":[…]}.',
  ].join('\n'),
  options: {},
  async run(args, terminal) {
    const model = args.text('model') ?? 'builtin';
    const source = model === 'builtin' ? BUILTIN : model;
    const files = await nodeFolder(source);
    const adapterFiles = await nodeFolder(args.requiredText('adapter'));
    const checkpoint = await readCheckpoint(files);
    const adapter = await readAdapter(adapterFiles, checkpoint.spec);
    const out = await outFolder(args.requiredText('out'), source);
    const written = [];
    for await (const file of mergedFolder(files, checkpoint, adapter)) {
      await writeFile(join(out, file.name), file);
      written.push({ name: file.name, bytes: file.size });
    }
    await terminal.write(`${toJson({ out, files: written, notes: checkpoint.notes })}\n`);
  },
};

/** @throws InputError where it cannot be made, or is the folder that is read */
async function outFolder(path: string, source: string): Promise<string> {
  const refused = (problem: string) =>
    new InputError(`${path} ${problem}`, 'give another --out', 'out');
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw refused(`cannot be written (${(error as Error).message})`);
  }
  if ((await realpath(path)) === (await realpath(source))) throw refused('is the model itself');
  return path;
}

/** Under another name until it is complete: a failure leaves no half-written file. */
async function writeFile(path: string, file: OutgoingFile): Promise<void> {
  const handle = await open(`${path}.new`, 'w');
  try {
    for await (const chunk of file.chunks()) {
      for (let done = 0; done < chunk.length;) {
        done += (await handle.write(chunk, done)).bytesWritten;
      }
    }
    await handle.close();
    await rename(`${path}.new`, path);
  } catch (error) {
    await handle.close();
    await rm(`${path}.new`, { force: true });
    throw error;
  }
}
