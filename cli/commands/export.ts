// `lab export`: an experiment as a folder that trains and scores it with PyTorch.
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../src/core/errors.ts';
import { exportStudy } from '../../src/lab/export/export-study.ts';
import { isBuiltin } from '../../src/lab/experiment/experiment.ts';
import type { FilePiece } from '../../src/lab/export/text-file.ts';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import { stackingRefused } from '../../src/model/adapter/stacking.ts';
import { readDescription } from '../../src/model/model-folder.ts';
import { selfTest } from '../../src/training/self-test.ts';
import { startNodeBackend } from '../backend.ts';
import { garbageBound } from '../bounded-garbage.ts';
import { defineCommand } from '../command.ts';
import { EXPERIMENT_OPTIONS, readExperiment } from '../experiment-options.ts';
import { nodeFolder } from '../model-folder.ts';
import { BUILTIN } from '../open-model.ts';
import { required } from '../options.ts';
import { asOut, outFolder } from '../out-place.ts';
import { placesOf, type StudyPlace } from '../studies.ts';
import { toJson } from '../terminal.ts';

/** What is the same in every folder: scripts, configurations, words. */
const COMMON = fileURLToPath(new URL('../../src/lab/export/folder', import.meta.url));

export const command = defineCommand({
  description: [
    'Writes a folder that trains and scores the experiment with PyTorch, transformers, PEFT and',
    'Accelerate: train.py, score.py, a notebook, data/ as JSON lines, configurations for one GPU, DDP',
    'and FSDP2, and expected.json, the figures that `python train.py --check` compares its own with.',
    'Its README.md says how. The model needs only its config.json and tokenizer, unless an arm has an',
    'anchor. With several seeds, each has a folder DIR/seed-N. Prints {"out","files","bytes"}.',
  ].join('\n'),
  options: {
    ...EXPERIMENT_OPTIONS,
    out: required(outFolder('DIR', 'where the folder goes; it must be empty or new')),
  },
  async run(options, terminal) {
    const { adapter, backend, out } = options;
    const experiment = await readExperiment(options);
    if (adapter !== undefined) {
      await nodeFolder(adapter);
      throw stackingRefused();
    }
    if (backend === 'webgpu') {
      throw new InputError(
        '--backend is webgpu, but an export is made in this process',
        'leave it out',
        'backend',
      );
    }
    if (!isBuiltin(experiment)) await nodeFolder(experiment.model);
    await refuseFull(out);
    await startNodeBackend(backend, selfTest);
    const written = { out, files: 0, bytes: 0 };
    for (const place of placesOf(out, experiment)) {
      const { files, bytes } = await writeExport(place);
      written.files += files;
      written.bytes += bytes;
    }
    await terminal.write(`${toJson(written)}\n`);
  },
});

/** @throws InputError where something lies in the folder already: it would be taken for the export's */
async function refuseFull(path: string): Promise<void> {
  const entries = await asOut(path, 'out', async () => {
    await mkdir(path, { recursive: true });
    return readdir(path);
  });
  if (entries.length === 0) return;
  throw new InputError(`${path} is not empty`, 'give another --out, or empty it', 'out');
}

async function writeExport({ path, experiment }: StudyPlace) {
  const sizes = new Map<string, number>();
  const write = async ({ name, content }: FilePiece) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (!sizes.has(name)) await mkdir(dirname(join(path, name)), { recursive: true });
    sizes.set(name, (sizes.get(name) ?? 0) + bytes.length);
    await asOut(path, 'out', () => appendFile(join(path, name), bytes));
  };
  const builtinFolder = await nodeFolder(BUILTIN);
  const folder = isBuiltin(experiment) ? builtinFolder : await nodeFolder(experiment.model);
  const builtin = await loadLanguageModel(builtinFolder);
  const builtinFiles = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of await readdir(BUILTIN)) {
    builtinFiles.set(name, new Uint8Array(await readFile(join(BUILTIN, name))));
  }
  const loaded = [builtin];
  const sources = {
    described: await readDescription(folder),
    async model() {
      if (!isBuiltin(experiment)) loaded.push(await loadLanguageModel(folder));
      return loaded.at(-1)!;
    },
    ...{ builtin, builtinFiles },
  };
  try {
    for (const name of await readdir(COMMON, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const file = join(name.parentPath, name.name);
      await write({ name: file.slice(COMMON.length + 1), content: await readFile(file) });
    }
    // Each prompt of a grid leaves thousands of answers behind, which Node 24 lets grow to gigabytes.
    const boundGarbage = garbageBound();
    for await (const piece of exportStudy(experiment, sources)) {
      await write(piece);
      boundGarbage();
    }
  } finally {
    for (const { decoder } of loaded) decoder.dispose();
  }
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { files: sizes.size, bytes };
}
