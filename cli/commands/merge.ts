// `lab merge`: a model folder with an adapter merged into its weights.
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import { mergedFolder, type OutgoingFile } from '../../src/model/merge.ts';
import { modelFolder } from '../../src/model/gguf-folder.ts';
import { ggufDescription } from '../../src/model/gguf-description.ts';
import { GGUF_PRECISIONS } from '../../src/model/gguf/narrow.ts';
import { mergedGguf } from '../../src/model/merged-gguf.ts';
import { readCheckpoint } from '../../src/model/model-folder.ts';
import { openAdapter } from '../../src/model/adapter-folder.ts';
import { defineCommand } from '../command.ts';
import { COMMON_OPTIONS } from '../common-options.ts';
import { nodeFolder } from '../model-folder.ts';
import { placeOfModel } from '../open-model.ts';
import { kinds, option, required } from '../options.ts';
import { asOut, outFolder } from '../out-place.ts';
import { toJson } from '../terminal.ts';

const LAYOUTS = ['safetensors', 'gguf'] as const;

export const command = defineCommand({
  description: [
    'Writes a whole model in which every adapted weight W is W + scaling B A. As safetensors a folder: the types',
    'and the layout of the model (blocks of a GGUF file as F16), its configuration and its tokenizer. As gguf one',
    'file for llama.cpp, matrices in --type, vectors in F32; without --adapter the model as it is. Tensor by',
    'tensor, so the model need not fit into memory. Prints {"out","files":[{"name","bytes"}…],"notes":[…]}.',
  ].join('\n'),
  options: {
    adapter: COMMON_OPTIONS.adapter,
    to: option(LAYOUTS.join('|'), 'the layout to write', kinds.oneOf(LAYOUTS), 'safetensors'),
    type: option(
      GGUF_PRECISIONS.join('|'),
      'the matrices of a GGUF file',
      kinds.oneOf(GGUF_PRECISIONS),
      'Q8_0',
    ),
    out: required(outFolder('DIR', 'where the merged model goes')),
  },
  async run({ model, adapter: adapterFolder, to, type, out }, terminal) {
    if (adapterFolder === undefined && to === 'safetensors') {
      throw new InputError('--adapter is missing', 'add --adapter and a value', 'adapter');
    }
    const source = placeOfModel(model);
    const folder = await nodeFolder(source);
    const files = await modelFolder(folder);
    const checkpoint = await readCheckpoint(files);
    const adapter =
      adapterFolder === undefined
        ? undefined
        : await openAdapter(await nodeFolder(adapterFolder), checkpoint.spec);
    await makeOut(out, source);
    const outgoing =
      to === 'safetensors'
        ? mergedFolder(files, checkpoint, adapter)
        : [mergedGguf(checkpoint, await ggufDescription(folder, checkpoint), type, adapter)];
    const written = [];
    for await (const file of outgoing) {
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
