// `lab adapter`: an adapter in the other layout, PEFT's folder or llama.cpp's GGUF file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAdapter } from '../../src/model/adapter/peft-writer.ts';
import { openAdapter } from '../../src/model/adapter-folder.ts';
import { writeGgufAdapter } from '../../src/model/gguf-adapter.ts';
import { modelFolder } from '../../src/model/gguf-folder.ts';
import { tokenizerFiles } from '../../src/model/merge.ts';
import { readCheckpoint } from '../../src/model/model-folder.ts';
import { defineCommand } from '../command.ts';
import { COMMON_OPTIONS } from '../common-options.ts';
import { nodeFolder } from '../model-folder.ts';
import { placeOfModel } from '../open-model.ts';
import { kinds, option, required } from '../options.ts';
import { asOut } from '../out-place.ts';
import { toJson } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Writes the adapter of --adapter, which is a PEFT folder or a GGUF file, for --model: with --to peft a',
    "folder that PEFT loads, with the model's tokenizer in it; with --to gguf a file that llama.cpp loads",
    '(--lora FILE), rows and scale as it wants them. Prints {"rank","alpha","tensors"}.',
  ].join('\n'),
  options: {
    adapter: required(COMMON_OPTIONS.adapter),
    to: required(option('peft|gguf', 'the layout to write', kinds.oneOf(['peft', 'gguf']))),
    out: required(option('PATH', 'a folder for PEFT, a file for GGUF', kinds.some)),
  },
  async run({ model, adapter: from, to, out }, terminal) {
    const files = await modelFolder(await nodeFolder(placeOfModel(model)));
    const { spec } = await readCheckpoint(files);
    const adapter = await openAdapter(await nodeFolder(from), spec);
    if (to === 'gguf') {
      const bytes = writeGgufAdapter(adapter, spec);
      await asOut(out, 'out', () => writeFile(out, bytes));
    } else {
      await asOut(out, 'out', () => mkdir(out, { recursive: true }));
      const write = (name: string, bytes: Uint8Array) =>
        asOut(join(out, name), 'out', () => writeFile(join(out, name), bytes));
      for (const [name, bytes] of writeAdapter(adapter, spec)) await write(name, bytes);
      for await (const [name, bytes] of tokenizerFiles(files)) await write(name, bytes);
    }
    const { rank, alpha, tensors } = adapter;
    await terminal.write(`${toJson({ rank, alpha, tensors: 2 * tensors.size })}\n`);
  },
});
