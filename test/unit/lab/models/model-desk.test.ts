// Choosing models from the page: the client, and the desk in the worker that it talks to.
import { readFile } from 'node:fs/promises';
import * as Comlink from 'comlink';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import type { LoadEvent, Notice } from '../../../../src/lab/contract.ts';
import { LabClient } from '../../../../src/lab/lab-client.ts';
import { LabService } from '../../../../src/lab/lab-service.ts';
import { machineMemory } from '../../../../src/lab/models/machine-memory.ts';
import { ModelDesk } from '../../../../src/lab/models/model-desk.ts';
import { ModelSources } from '../../../../src/lab/models/model-sources.ts';
import type { LabFailure } from '../../../../src/lab/lab-error.ts';
import type { WorkerLike } from '../../../../src/lab/worker-client.ts';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { openAdapter } from '../../../../src/model/adapter-folder.ts';
import { ggufDescription } from '../../../../src/model/gguf-description.ts';
import { mergedGguf } from '../../../../src/model/merged-gguf.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { estimateMemory } from '../../../../src/model/memory-estimate.ts';
import { requiredFile } from '../../../../src/model/files/model-files.ts';
import { MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';
import { environment, stepEvent } from '../scripted-study.ts';

const golden = (path: string) =>
  readFile(new URL(`../../../golden/models/${path}`, import.meta.url));

let hub: HubServer;
beforeAll(async () => {
  const files = {
    'config.json': await golden('qwen3/config.json'),
    'model.safetensors': await golden('qwen3/model.safetensors'),
  };
  hub = await HubServer.start({
    'a/model': { files, card: { license: 'mit' } },
    'a/gated': { files, gated: { tokens: ['hf_friend'], accepted: ['hf_friend'] } },
  });
});
const ports: MessagePort[] = [];
afterEach(() => {
  hub.forget();
  for (const port of ports.splice(0)) port.close();
});
afterAll(() => hub.stop());

async function gguf(name: string) {
  const bytes = await readFile(new URL(`../../../golden/gguf/llama_k/${name}`, import.meta.url));
  return { path: name, file: new Blob([bytes]) };
}

/** A page whose workers live in this thread and share one cache, as tabs share a disk. */
function page() {
  const store = new MemoryStore();
  const log: string[] = [];
  const notices: Notice[] = [];
  /** What a study waits for, so that it can be caught in the middle. */
  const gate = { open: Promise.resolve() };
  const spawn = () => {
    const cache = new ModelCache(store);
    const sources = new ModelSources(hub.folder('a/model'), async () => cache, hurriedNetwork());
    const desk = new ModelDesk<string>({
      sources,
      notices,
      cache: async () => cache,
      async place(files, { format, adapter }) {
        const bytes = await requiredFile(files, 'model.safetensors');
        const what = `${bytes.length} ${format}${adapter ? ' adapted' : ''}`;
        log.push(`placed ${what}`);
        return what;
      },
      release: (model) => log.push(`released ${model}`),
      memory: async () => ({ limit: 1e9, keepsBf16: true, estimate: estimateMemory }),
    });
    const service = new LabService({
      prepare: async () => environment,
      study: (experiment, signal) =>
        desk.study(experiment, signal, async function* ({ name }) {
          log.push(`study on ${name}`);
          yield stepEvent(1);
          await gate.open;
          yield stepEvent(2);
        }),
    });
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    Comlink.expose({ study: service, models: desk }, port1);
    const terminate = () => {
      log.push('terminated');
      port1.close();
      port2.close();
    };
    return Object.assign(port2, { terminate }) as WorkerLike;
  };
  const client = new LabClient(spawn, { cancelMs: 1500 });
  return { client, models: client.models, log, notices, gate };
}

const reached = async () => {
  const all = page();
  await all.models.setAccess({ endpoint: hub.endpoint });
  return all;
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (thrown: LabFailure) => thrown.error,
  );
const ignore = () => {};

describe('a model', () => {
  it('is described without being loaded', async () => {
    const { models, log } = await reached();
    expect(await models.summarise('a/model')).toMatchObject({
      ...{ family: 'qwen3', dtypes: ['F32'], licence: 'mit', verdict: { kind: 'fits' } },
    });
    expect(log).toEqual([]);
    expect(await models.cachedModels()).toEqual([]);
    const refused = await failure(models.summarise('nonsense'));
    expect(refused).toMatchObject({ kind: 'input', field: 'model' });
  });

  it('is loaded with its progress, listed, and needs nothing more to be used', async () => {
    const { client, models, log } = await reached();
    const events: LoadEvent[] = [];
    expect(await models.load('a/model', (event) => events.push(event))).toBe('done');
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ type }) => type === 'progress')).toBe(true);
    const size = (await golden('qwen3/model.safetensors')).length;
    expect(await models.cachedModels()).toMatchObject([
      { id: 'hf:a/model', requested: 'main', whole: true, bytes: size },
    ]);
    hub.seen.length = 0;
    const seen: string[] = [];
    expect(await client.run({ model: 'a/model' }, ({ type }) => seen.push(type))).toBe('done');
    expect(seen).toEqual(['step', 'step']);
    expect(hub.seen).toEqual([]);
    expect(log).toEqual([`placed ${size} stored`, `study on hf:a/model@${hub.commit('a/model')}`]);

    expect((await models.summarise('a/model')).bytesToDownload).toBe(
      (await golden('qwen3/config.json')).length,
    );
    await models.deleteCached((await models.cachedModels())[0]!.key);
    expect(await models.cachedModels()).toEqual([]);
  });

  it('is loaded by a study that finds another one in use', async () => {
    const { client, models, log } = await reached();
    await models.load('a/model', ignore, { format: 'int8' });
    const phases: string[] = [];
    await client.run({ model: hub.folder('a/model') }, (event) => {
      if (event.type === 'phase') phases.push(`${event.phase} ${event.unit}`);
    });
    expect(new Set(phases)).toEqual(new Set(['loading bytes']));
    expect(log.map((line) => line.replace(/ed \d+/, 'ed N'))).toEqual([
      'placed N int8',
      'released N int8',
      'placed N stored',
      `study on ${hub.folder('a/model')}`,
    ]);
    await client.run({ model: 'a/model', weights: 'int8' }, ignore);
    expect(log.at(-2)).toMatch(/placed \d+ int8/);
    // The page's next choice is the same: nothing is loaded again.
    await models.load('a/model', ignore, { format: 'int8' });
    expect(log.at(-1)).toMatch(/study on/);
  });

  it('is not changed under a study', async () => {
    const { client, models, gate } = await reached();
    let open: () => void = ignore;
    gate.open = new Promise((resolve) => (open = resolve));
    const steps = vi.fn();
    const run = client.run({ model: 'a/model' }, ({ type }) => {
      if (type === 'step') steps();
    });
    await vi.waitFor(() => expect(steps).toHaveBeenCalled(), 5000);
    const refused = await failure(models.load('builtin', ignore));
    expect(refused.message).toBe('A study is running on another model.');
    open();
    expect(await run).toBe('done');
    expect(await models.load('builtin', ignore)).toBe('done');
  });

  it('can be given up while it comes; what came is kept', async () => {
    const { models } = await reached();
    hub.plan('model.safetensors', { kind: 'stall', after: 100_000 });
    const load = models.load('a/model', ignore);
    await vi.waitFor(() => expect(hub.reads('model.safetensors')).toHaveLength(2), 5000);
    await models.cancelLoad(load);
    expect(await load).toBe('cancelled');
    expect(await models.cachedModels()).toMatchObject([{ whole: false }]);
    expect(await models.load('a/model', ignore)).toBe('done');
    expect(hub.reads('model.safetensors').at(-1)!.range).toMatch(/^bytes=\d+-$/);
  });

  it('gives way to another load, and to a study', async () => {
    const { client, models } = await reached();
    hub.plan('model.safetensors', ...Array(2).fill({ kind: 'stall', after: 50_000 }));
    const first = models.load('a/model', ignore);
    await vi.waitFor(() => expect(hub.reads('model.safetensors')).toHaveLength(2), 5000);
    const second = models.load(hub.folder('a/model'), ignore);
    expect(await first).toBe('cancelled');
    await vi.waitFor(
      () => expect(hub.reads('plain/a/model/model.safetensors')).toHaveLength(1),
      5000,
    );
    expect(await client.run({ model: 'a/model' }, ignore)).toBe('done');
    expect(await second).toBe('cancelled');
  });

  it('gives way to the last of those that wait for it to end', async () => {
    const { models, log } = await reached();
    hub.plan('model.safetensors', { kind: 'stall', after: 50_000 });
    const first = models.load('a/model', ignore);
    await vi.waitFor(() => expect(hub.reads('model.safetensors')).toHaveLength(2), 5000);
    const second = models.load('a/model', ignore, { format: 'int4' });
    const third = models.load('a/model', ignore, { format: 'int8' });
    expect(await Promise.all([first, second, third])).toEqual(['cancelled', 'cancelled', 'done']);
    expect(await models.load('a/model', ignore, { format: 'int8' })).toBe('done');
    expect(log).toEqual([expect.stringMatching(/^placed \d+ int8$/)]);
  });

  it('whose description takes too long is left for the next one', async () => {
    const { models } = await reached();
    hub.plan('revision/main', { kind: 'status', status: 503 });
    const [first, second] = await Promise.allSettled([
      models.summarise('a/model'),
      models.summarise('builtin'),
    ]);
    expect((first as PromiseRejectedResult).reason.error.kind).toBe('stopped');
    expect(second).toMatchObject({ value: { family: 'qwen3' } });
  });
});

test('a GGUF file of this computer cuts answers as it says that it does', async () => {
  const { models } = await reached();
  const model = await models.openFolder('mine.gguf', [await gguf('model.gguf')]);
  const { cutting } = await models.describeTokenizer(model);
  const [{ text, pieces }] = cutting.examples as [(typeof cutting.examples)[number]];
  const cut = await models.cutAnswers(model, [text]);
  expect(cut.paths[0]!.map((token) => cut.texts[token])).toEqual(pieces);
  // Other files under the same name are read anew.
  await models.openFolder('mine.gguf', [{ path: 'mine.gguf', file: new Blob(['no model']) }]);
  await expect(models.cutAnswers(model, [text])).rejects.toThrow(/does not begin with the word/);
});

describe('a token', () => {
  it('opens gated models and can be forgotten', async () => {
    const { models } = await reached();
    expect(await failure(models.summarise('a/gated'))).toMatchObject({
      ...{ kind: 'input', source: 'gated', field: 'model' },
      advice: expect.stringContaining(`Accept the licence at ${hub.endpoint}/a/gated`),
    });
    await models.setAccess({ endpoint: hub.endpoint, token: 'hf_friend' });
    expect(await models.summarise('a/gated')).toMatchObject({ gated: true });
    await models.setAccess({ endpoint: hub.endpoint });
    expect(await failure(models.summarise('a/gated'))).toMatchObject({ source: 'gated' });
  });

  it('that is none is refused, and the one before it stays', async () => {
    const { models } = await reached();
    await models.setAccess({ endpoint: hub.endpoint, token: 'hf_friend' });
    expect(await failure(models.setAccess({ token: 'secret' }))).toMatchObject({
      kind: 'input',
      field: 'token',
    });
    expect(await models.summarise('a/gated')).toMatchObject({ gated: true });
  });
});

/** As a person chooses the two files. */
const adapterOf = async (model: string) =>
  Promise.all(
    ['adapter_config.json', 'adapter_model.safetensors'].map(async (path) => ({
      path,
      file: new Blob([await golden(`${model}/adapter/${path}`)]),
    })),
  );

describe('an adapter', () => {
  it('makes a model of its own, which is described, loaded and used in a study', async () => {
    const { client, models, log } = await reached();
    const name = await models.openAdapter('hf:a/model', 'mine', await adapterOf('qwen3'));
    expect(name).toBe('local:mine on a/model');
    const { family, notes } = await models.summarise(name);
    expect(family).toBe('qwen3');
    expect(notes).toContainEqual(expect.stringContaining('merged into the weights'));
    expect(await models.load(name, ignore)).toBe('done');
    expect(await client.run({ model: name }, ignore)).toBe('done');
    const size = (await golden('qwen3/model.safetensors')).length;
    expect(log).toEqual([
      `placed ${size} stored adapted`,
      `study on hf:a/model@${hub.commit('a/model')} with mine on a/model`,
    ]);
    // Other values under the same name are another model.
    await models.openAdapter('hf:a/model', 'mine', await adapterOf('qwen3'));
    await models.load(name, ignore);
    expect(log.filter((line) => line.startsWith('placed'))).toHaveLength(2);
  });

  it('leaves with its model as one GGUF file, as lab merge writes it', async () => {
    const { models } = await reached();
    const model = await models.openFolder('model', [await gguf('model.gguf')]);
    const adapter = ['adapter_config.json', 'adapter_model.safetensors'];
    const files = await Promise.all(adapter.map((name) => gguf(`adapter/${name}`)));
    const adapted = await models.openAdapter(model, 'mine', files);
    const { name, content } = await models.saveAsGguf(adapted);
    expect(name).toBe('model-Q8_0.gguf');

    const folder = (path: string) =>
      nodeFolder(new URL(`../../../golden/gguf/llama_k/${path}`, import.meta.url).pathname);
    const base = await folder('model.gguf');
    const checkpoint = await readCheckpoint(base);
    const lora = await openAdapter(await folder('adapter'), checkpoint.spec);
    const description = await ggufDescription(base, checkpoint);
    const expected: Uint8Array[] = [];
    const merged = mergedGguf(checkpoint, description, 'Q8_0', lora);
    for await (const piece of merged.chunks()) expected.push(piece.slice());
    expect(Buffer.compare(Buffer.from(await content.arrayBuffer()), Buffer.concat(expected))).toBe(
      0,
    );
  });

  it('that does not fit is refused with what does not, and changes nothing', async () => {
    const { models, log } = await reached();
    const misfit = await failure(models.openAdapter('a/model', 'other', await adapterOf('gpt2')));
    expect(misfit).toMatchObject({ kind: 'input', field: 'adapter' });
    expect(misfit.message).toMatch(/adapter_model\.safetensors: /);
    const [config] = await adapterOf('qwen3');
    const half = await failure(models.openAdapter('a/model', 'half', [config!]));
    expect(half).toMatchObject({ field: 'adapter' });
    expect(half.message).toBe('adapter_model.safetensors is missing.');
    const none = await failure(models.openAdapter('a/model', 'none', []));
    expect(none).toMatchObject({ field: 'adapter' });
    expect(none.message).toContain('none has no adapter_config.json');
    expect(await failure(models.summarise('local:other on a/model'))).toMatchObject({
      field: 'model',
    });
    expect(log).toEqual([]);
  });

  it('is not put on top of another', async () => {
    const { models } = await reached();
    const name = await models.openAdapter('a/model', 'mine', await adapterOf('qwen3'));
    const refused = await failure(models.openAdapter(name, 'more', await adapterOf('qwen3')));
    expect(refused).toMatchObject({ kind: 'input', field: 'adapter' });
    expect(refused.message).toContain('has an adapter merged into it already');
  });
});

describe('a worker that replaces another', () => {
  it('knows the token, the mirror and the folders', async () => {
    const { client, models, log } = await reached();
    await models.setAccess({ endpoint: hub.endpoint, token: 'hf_friend' });
    const name = await models.openFolder('mine', [
      { path: 'mine/config.json', file: new Blob([await golden('qwen3/config.json')]) },
      { path: 'mine/model.safetensors', file: new Blob([await golden('qwen3/model.safetensors')]) },
    ]);
    expect(name).toBe('local:mine');
    const adapted = await models.openAdapter(name, 'adapter', await adapterOf('qwen3'));
    // A study that does not listen is terminated with its worker.
    let reports = 0;
    const run = client.run({ model: name }, () => {
      reports++;
      // A page that never comes back from listening.
      return new Promise<void>(ignore) as unknown as void;
    });
    await vi.waitFor(() => expect(reports).toBe(1), 5000);
    await client.cancel(run);
    expect(log).toContain('terminated');
    expect(await models.summarise(adapted)).toMatchObject({ family: 'qwen3' });
    expect(await models.summarise('a/gated')).toMatchObject({ family: 'qwen3' });
    expect(await client.run({ model: name }, ignore)).toBe('done');
  });
});

describe('failures', () => {
  it.each([
    ['busy', 'network', Array(5).fill({ kind: 'status', status: 429 })],
    ['server', 'network', [{ kind: 'status', status: 418 }]],
    ['damaged', 'network', [{ kind: 'scrambled' }]],
    ['missing', 'input', [{ kind: 'status', status: 404 }]],
    ['offline', 'network', Array(5).fill({ kind: 'cut', after: 0 })],
  ])('of the kind %s are told as %s, and the next load succeeds', async (source, kind, mishaps) => {
    const { models } = await reached();
    hub.plan('model.safetensors', ...mishaps);
    const error = await failure(models.load('a/model', ignore));
    expect(error).toMatchObject({ kind, source, field: 'model' });
    expect(error.message).toContain('model.safetensors of a/model');
    expect(await models.load('a/model', ignore)).toBe('done');
  });

  it('of the disk are notices', async () => {
    const { models, notices } = await reached();
    notices.push({ message: 'No room.', advice: 'Make some.' });
    const events: LoadEvent[] = [];
    await models.load('a/model', (event) => events.push(event));
    expect(events[0]).toEqual({ type: 'notice', message: 'No room.', advice: 'Make some.' });
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });
});

describe('the memory of the machine', () => {
  it.each([
    ['webgpu', 4, 3],
    ['wasm', 4, 3],
    ['wasm', 8, 4],
    ['webgpu', undefined, 6],
  ] as const)('on %s with %s GiB is %d GiB', (backend, device, gib) => {
    vi.stubGlobal('navigator', { deviceMemory: device });
    expect(machineMemory(backend)).toBe(gib * 2 ** 30);
    vi.unstubAllGlobals();
  });
});
