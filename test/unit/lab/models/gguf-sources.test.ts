// GGUF files wherever models come from: a repository of quantisations, an address, files of this computer.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { pickedFolder } from '../../../../src/lab/models/local-files.ts';
import { ModelSources } from '../../../../src/lab/models/model-sources.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { estimateMemory } from '../../../../src/model/memory-estimate.ts';
import { MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import { modelSummary } from '../../../../src/model/sources/model-summary.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';

const golden = (path: string) => readFile(new URL(`../../../golden/gguf/${path}`, import.meta.url));

const REPO = 'a/model-GGUF';
const [SMALL, LARGE] = ['model-Q4_K_M.gguf', 'model-Q8_0.gguf'];
const plan = { limit: 1e9, keepsBf16: false, estimate: estimateMemory, batch: 8 };

let hub: HubServer;
beforeAll(async () => {
  const files = {
    'README.md': '---\nlicense: mit\n---\n',
    'mmproj-model.gguf': 'x',
    [LARGE]: await golden('llama_k/model.gguf'),
    [SMALL]: await golden('gemma3/model.gguf'),
  };
  const one = { [LARGE]: files[LARGE]! };
  hub = await HubServer.start({ [REPO]: { files }, 'a/one': { files: one } });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

function sources() {
  const cache = new ModelCache(new MemoryStore());
  const all = new ModelSources(hub.folder(REPO), async () => cache, hurriedNetwork());
  all.setAccess({ endpoint: hub.endpoint });
  return { all, cache };
}
const fileRequests = () => hub.seen.filter(({ path }) => path.endsWith('.gguf'));

it('a repository of several says which there are, small ones first', async () => {
  const { all } = sources();
  const opened = await all.open(REPO);
  const summary = await modelSummary(opened.summarised, plan);
  expect(summary.choices).toEqual([
    { file: SMALL, model: `hf:${REPO}/${SMALL}`, bytes: 210336 },
    { file: LARGE, model: `hf:${REPO}/${LARGE}`, bytes: 599392 },
  ]);
  expect(summary.licence).toBe('mit');
  expect(summary.verdict).toMatchObject({ kind: 'refused' });
  expect(fileRequests()).toEqual([]);
});

it('one of them is described from its header, fetched once, kept by itself', async () => {
  const { all, cache } = sources();
  const name = `hf:${REPO}/${LARGE}`;
  const { summarised } = await all.open(name);
  const summary = await modelSummary(summarised, plan);
  expect(summary).toMatchObject({
    ...{ family: 'llama', bytes: 599392, bytesToDownload: 599392, choices: [] },
    verdict: { kind: 'fits' },
  });
  expect(await cache.list()).toEqual([]);

  const opened = await all.open(name);
  const checkpoint = await readCheckpoint(opened.files);
  expect((await checkpoint.tokenizer()).vocabSize).toBe(320);
  await opened.complete?.();
  expect(await cache.list()).toMatchObject([{ whole: true, id: name }]);
  hub.forget();
  const again = await all.open(name);
  for (const tensor of (await readCheckpoint(again.files)).tensors.values()) await tensor.read();
  expect(fileRequests()).toEqual([]);
  expect((await modelSummary(again.summarised, plan)).bytesToDownload).toBe(0);
});

it('a download that breaks goes on where it was', async () => {
  const { all } = sources();
  hub.plan(LARGE, { kind: 'cut', after: 300_000 });
  const { files } = await all.open(`hf:${REPO}/${LARGE}`);
  expect((await readCheckpoint(files)).spec.layers).toBe(2);
  expect(fileRequests().at(-1)?.range).toBeDefined();
});

it('a repository with one needs no name of it; an address of one is enough', async () => {
  const { all } = sources();
  for (const name of ['a/one', hub.folder(REPO).replace(/\/$/, '') + `/${SMALL}`]) {
    const { summarised, files } = await all.open(name);
    expect((await modelSummary(summarised, plan)).verdict).toMatchObject({ kind: 'fits' });
    expect((await readCheckpoint(files)).spec.width).toBe(name === 'a/one' ? 256 : 64);
  }
});

it('a file of this computer is a model, and one beside it an adapter', async () => {
  const { all } = sources();
  const blob = async (path: string) => new Blob([new Uint8Array(await golden(path))]);
  const file = new File([await blob('llama_k/model.gguf')], 'mine.gguf');
  const { name, files } = pickedFolder([file]);
  const model = all.addFolder(name, files);
  expect(model).toBe('local:mine.gguf');
  const opened = await all.open(model);
  expect((await modelSummary(opened.summarised, plan)).family).toBe('llama');
  const adapter = { path: 'lora.gguf', file: await blob('llama_k/adapter.gguf') };
  const adapted = await all.addAdapter(model, 'lora.gguf', [adapter]);
  expect((await all.open(adapted)).adapter).toBeDefined();
});
