import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { LoadEvent, Notice } from '../../../../src/lab/contract.ts';
import { loadModel, type LoadParts } from '../../../../src/lab/models/model-loading.ts';
import { ModelSources } from '../../../../src/lab/models/model-sources.ts';
import { requiredFile } from '../../../../src/model/files/model-files.ts';
import { MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import type { Network } from '../../../../src/model/sources/network.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';

const WEIGHTS = 'weights '.repeat(20_000);

let hub: HubServer;
beforeAll(async () => {
  const files = { 'config.json': '{}', 'model.safetensors': WEIGHTS };
  hub = await HubServer.start({ 'a/model': { files } });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

/** A model is the text of its weights here. */
function parts(changes: { network?: Network; cache?: ModelCache } = {}) {
  const { network = hurriedNetwork(), cache = new ModelCache(new MemoryStore()) } = changes;
  const sources = new ModelSources(hub.folder('a/model'), async () => cache, network);
  sources.setAccess({ endpoint: hub.endpoint });
  const released: string[] = [];
  const notices: Notice[] = [];
  const load: LoadParts<string> = {
    sources,
    notices,
    async place(files) {
      await requiredFile(files, 'config.json');
      return new TextDecoder().decode(await requiredFile(files, 'model.safetensors'));
    },
    release: (model) => void released.push(model),
  };
  return { ...load, cache, released };
}

async function loaded(name: string, from: LoadParts<string>, signal?: AbortSignal) {
  const events: LoadEvent[] = [];
  const loading = loadModel(name, from, signal);
  for (;;) {
    const next = await loading.next();
    if (next.done) return { ...next.value, events };
    events.push(next.value);
  }
}

test.each(['a/model', 'hf:a/model@main', 'builtin', 'address'])(
  '%s is loaded, and says how far it is',
  async (name) => {
    const result = await loaded(name === 'address' ? hub.folder('a/model') : name, parts());
    expect(result.model === WEIGHTS).toBe(true);
    expect(result.name).toBe(
      { builtin: 'builtin', address: hub.folder('a/model') }[name] ??
        `hf:a/model@${hub.commit('a/model')}`,
    );
    expect(result.events[0]).toEqual({ type: 'progress', files: [], done: 0, total: 0 });
  },
);

test('the files that are begun are counted while they come', async () => {
  hub.plan('model.safetensors', { kind: 'stall', after: 100_000 });
  const stop = new AbortController();
  const { cache, released, ...from } = parts();
  const loading = loadModel('a/model', from, stop.signal);
  await vi.waitFor(async () => {
    const { value } = await loading.next();
    expect(value).toMatchObject({
      files: [
        { name: 'config.json', done: 2, total: 2, secondsLeft: 0 },
        { name: 'model.safetensors', total: WEIGHTS.length },
      ],
      total: WEIGHTS.length + 2,
    });
  }, 5000);
  stop.abort();
  await expect(
    (async () => {
      for (;;) if ((await loading.next()).done) return;
    })(),
  ).rejects.toMatchObject({ name: 'AbortError' });
  expect(await cache.list()).toMatchObject([{ whole: false }]);
  expect(released).toEqual([]);
});

test('a model that nobody waits for any more is released', async () => {
  const { released, ...from } = parts();
  let finish: () => void = () => {};
  const placed = new Promise<void>((resolve) => (finish = resolve));
  const place = vi.fn(() => placed.then(() => 'late'));
  const loading = loadModel('a/model', { ...from, place });
  while (place.mock.calls.length === 0) await loading.next();
  await loading.return(undefined as never);
  expect(released).toEqual([]);
  finish();
  await vi.waitFor(() => expect(released).toEqual(['late']));
});

test('without a connection, the version that was loaded last is used, and that is said', async () => {
  const { cache, ...online } = parts();
  const first = await loaded('a/model', online);
  const offline = hurriedNetwork({ fetch: () => Promise.reject(new TypeError('no network')) });
  const again = await loaded('a/model', parts({ network: offline, cache }));
  expect(again.model === WEIGHTS).toBe(true);
  expect(again.name).toBe(first.name);
  expect(again.events).toContainEqual({
    type: 'notice',
    message: expect.stringContaining('cannot be asked for the latest version of a/model'),
    advice: expect.any(String),
  });
  await expect(loaded('a/other', parts({ network: offline, cache }))).rejects.toMatchObject({
    failure: 'offline',
  });
});

test.each([
  ['scrambled', { kind: 'scrambled' }],
  ['refused', { kind: 'status', status: 404 }],
  ['cut off', { kind: 'cut', after: 50_000 }],
] as const)('weights that come %s leave no model that looks whole', async (_, mishap) => {
  const { cache, ...from } = parts({ network: hurriedNetwork({ attempts: 1 }) });
  hub.plan('model.safetensors', mishap);
  await expect(loaded('a/model', from)).rejects.toMatchObject({ field: 'model' });
  // The configuration is there from its first to its last byte, and of no use by itself.
  expect(await cache.list()).toMatchObject([{ id: 'hf:a/model', whole: false }]);
  hub.forget();
  await loaded('a/model', from);
  expect(await cache.list()).toMatchObject([{ id: 'hf:a/model', whole: true }]);
});

test('a folder is loaded once it is open', async () => {
  const from = parts();
  await expect(loaded('local:mine', from)).rejects.toMatchObject({
    field: 'model',
    message: expect.stringContaining('"local:mine", which is not open'),
  });
  const name = from.sources.addFolder('mine', [
    { path: 'mine/config.json', file: new Blob(['{}']) },
    { path: 'mine/model.safetensors', file: new Blob(['local weights']) },
  ]);
  expect(await loaded(name, from)).toMatchObject({ name: 'local:mine', model: 'local weights' });
});

test('a name that means nothing is refused', async () => {
  await expect(loaded('/home/someone/model', parts())).rejects.toMatchObject({
    field: 'model',
    message: expect.stringContaining('model is "/home/someone/model"'),
  });
});
