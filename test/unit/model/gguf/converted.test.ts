// A tiny model of each family as llama.cpp's own converter writes it: transformers' logits, on wasm and cpu.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { MODEL_FAMILIES } from '../../../../src/model/families/index.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { modelFolder } from '../../../../src/model/gguf-folder.ts';
import { writeGguf } from '../../../../src/model/gguf/writer.ts';
import { checkConverted, Tally } from '../../../parity/checks.ts';
import { CONVERTED } from '../../../parity/golden-model.ts';

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../../golden/${path}`, import.meta.url)));

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each(CONVERTED)('%s', async (name) => {
    const tally = new Tally();
    await checkConverted(name, read, 2e-5, tally);
    console.log(`${name} on ${backend}: ${tally.numbers} logits, worst ${tally.worst}`);
  });
});

/** Under the architecture's name alone. */
const named = (architecture: string) =>
  modelFolder(
    memoryFolder(
      new Map([
        ['m.gguf', writeGguf(new Map([['general.architecture', architecture]]), new Map())],
      ]),
    ),
  );

test.each(MODEL_FAMILIES.filter(({ gguf }) => !gguf).map(({ type }) => type))(
  '%s is refused as GGUF by name, with what to use instead',
  async (type) => {
    const architecture = type.replace('_', '-');
    await expect(named(architecture)).rejects.toMatchObject({
      message: `m.gguf: is of the architecture "${architecture}", which is not supported as GGUF.`,
      advice: `Use its folder in Hugging Face layout (${type}, safetensors), which is read.`,
    });
  },
);
