// Models loaded with a PEFT adapter merged into their weights, against PyTorch with PEFT.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { loadDecoder } from '../../../src/model/language-model.ts';
import type { ModelFiles } from '../../../src/model/files/model-files.ts';
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
