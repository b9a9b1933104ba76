// `lab merge`: a model folder with an adapter merged into its weights.
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import { mergedFolder, type OutgoingFile } from '../../src/model/merge.ts';
import { modelFolder } from '../../src/model/gguf-folder.ts';
import { readCheckpoint } from '../../src/model/model-folder.ts';
import { openAdapter } from '../../src/model/adapter-folder.ts';
import { defineCommand } from '../command.ts';
import { COMMON_OPTIONS } from '../common-options.ts';
import { nodeFolder } from '../model-folder.ts';
import { BUILTIN } from '../open-model.ts';
import { required } from '../options.ts';
import { asOut, outFolder } from '../out-place.ts';
import { toJson } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Writes a whole checkpoint to --out in which every adapted weight W is W + scaling B A: the types',
    'and the layout of the model, its configuration and its tokenizer. Tensor by tensor, so the model',
    'need not fit into memory. Prints {"out","files":[{"name","bytes"}…],"notes":[…]}.',
  ].join('\n'),
  options: {
    adapter: required(COMMON_OPTIONS.adapter),
    out: required(outFolder('DIR', 'where the merged model goes')),
  },
  async run({ model, adapter: adapterFolder, out }, terminal) {
    const source = model === 'builtin' ? BUILTIN : model;
    const files = await modelFolder(await nodeFolder(source));
    const adapterFiles = await nodeFolder(adapterFolder);
    const checkpoint = await readCheckpoint(files);
    const adapter = await openAdapter(adapterFiles, checkpoint.spec);
    await makeOut(out, source);
    const written = [];
    for await (const file of mergedFolder(files, checkpoint, adapter)) {
      await asOut(join(out, file.name), 'out', () => writeFile(join(out, file.name), file));
      written.push({ name: file.name, bytes: file.size });
    }
    await terminal.write(`${toJson({ out, files: written, notes: checkpoint.notes })}\n`);
  },
});

/** @throws InputError where it cannot be made, or is the folder that is read */
async function makeOut(path: string, source: string): Promise<void> {
  await asOut(path, 'out', () => mkdir(path, { recursive: true }));
  if ((await realpath(path)) === (await realpath(source))) {
    throw new InputError(`${path} is the model itself`, 'give another --out', 'out');
  }
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
