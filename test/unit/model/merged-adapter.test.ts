// Models loaded with a PEFT adapter merged into their weights, against PyTorch with PEFT.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { withModel } from '../../../src/lab/jobs/adapted-model.ts';
import { loraFromFile } from '../../../src/model/adapter/lora.ts';
import { writeAdapter } from '../../../src/model/adapter/peft-writer.ts';
import { openAdapter } from '../../../src/model/adapter-folder.ts';
import type { Decoder } from '../../../src/model/decoder/decoder.ts';
import { memoryFolder, type ModelFiles } from '../../../src/model/files/model-files.ts';
import { loadDecoder } from '../../../src/model/language-model.ts';
import { mergedFolder } from '../../../src/model/merge.ts';
import { readCheckpoint } from '../../../src/model/model-folder.ts';
import { checkMerged, Tally } from '../../parity/checks.ts';
import { loadGoldenModel } from '../../parity/golden-model.ts';

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));
const folder =
  (path: string): ModelFiles =>
  (name) =>
    read(`${path}/${name}`).catch(() => undefined);

beforeAll(() => startNodeBackend('wasm'));

// Linear layers stored both ways, and projections that are fused in the decoder or in the checkpoint.
test.each([
  'qwen3',
  'llama',
  'gemma3_text',
  'gpt2',
  'gpt2_hub_names',
  'gpt_oss',
  'gpt_neox',
  'phi',
  'phi3',
  'cohere2',
  'olmo2',
  'granite',
  'qwen3_moe',
  'qwen3_moe_unnormalised',
])('the logits of %s are those of the model with its adapter', async (name) => {
  const golden = await loadGoldenModel(name, read);
  const files = folder(`models/${name}`);
  const { decoder } = await loadDecoder(files, { adapter: folder(`models/${name}/adapter`) });
  const tally = new Tally();
  await checkMerged(golden, decoder, 2e-4, tally);
  expect(tally.numbers).toBeGreaterThan(0);
  decoder.dispose();
  golden.dispose();
});

// On each expert by itself, and on all of a layer in one parameter, router and all.
test.each(['qwen3_moe', 'qwen3_moe_unnormalised'])(
  'an adapter on the experts of %s is merged as it is read, in a folder, and by a job',
  async (name) => {
    const golden = await loadGoldenModel(name, read);
    const files = folder(`models/${name}`);
    const adapter = folder(`models/${name}/adapter_extra`);
    const tally = new Tally();
    const check = (decoder: Decoder) => checkMerged(golden, decoder, 2e-4, tally, 'adapter_extra');
    const { decoder } = await loadDecoder(files, { adapter });
    await check(decoder);
    const checkpoint = await readCheckpoint(files);
    const opened = await openAdapter(adapter, checkpoint.spec);
    const written = new Map<string, Uint8Array>();
    for await (const { name: file, chunks } of mergedFolder(files, checkpoint, opened)) {
      const pieces: Uint8Array[] = [];
      for await (const piece of chunks()) pieces.push(piece.slice());
      written.set(file, Buffer.concat(pieces));
    }
    const again = await loadDecoder(memoryFolder(written));
    await check(again.decoder);
    const job = withModel({ model: files, adapter }, async function* (model) {
      expect(model.adapter).toBeUndefined();
      yield await check(model.decoder);
    });
    await job.next();
    await job.next();
    // Written and read again, it is the same adapter.
    const files2 = memoryFolder(writeAdapter(opened, checkpoint.spec));
    expect((await openAdapter(files2, checkpoint.spec)).tensors).toEqual(opened.tensors);
    expect(() => loraFromFile(checkpoint.spec, opened)).toThrow(/experts or routers.*frozen/);
    for (const each of [decoder, again.decoder, golden]) each.dispose();
    console.log(`${name}: ${tally.numbers} numbers, worst ${tally.worst}`);
  },
);
