// Files over the network, against a server that does everything servers do wrong.
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressSource } from '../../../../src/model/sources/address-source.ts';
import { MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { cachedFiles } from '../../../../src/model/sources/cached-files.ts';
import { directFiles } from '../../../../src/model/sources/direct-files.ts';
import { hubSource } from '../../../../src/model/sources/hub-source.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import type { Transfer } from '../../../../src/model/sources/remote-source.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';

/** Differs at every place, so that no shift goes unnoticed. */
const noise = (length: number, seed: string) => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256').update(`${seed} ${i}`).digest(),
  );
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
};
const WEIGHTS = noise(300_000, 'weights');
const CONFIG = '{"model_type":"llama"}';
const PIECE = 64_000;

/** Comparing byte by byte would take vitest a second. */
const digest = (bytes: Uint8Array | undefined) =>
  bytes && createHash('sha256').update(bytes).digest('hex');
const WHOLE = digest(WEIGHTS);

let hub: HubServer;
beforeAll(async () => {
  hub = await HubServer.start({
    'a/model': { files: { 'config.json': CONFIG, 'model.safetensors': WEIGHTS, empty: '' } },
    'a/gated': {
      files: { 'config.json': CONFIG, 'model.safetensors': WEIGHTS },
      gated: { tokens: ['hf_stranger', 'hf_friend'], accepted: ['hf_friend'] },
    },
  });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

/** A fresh cache in front of a source of the hub or of the same files at an address. */
async function folder(
  source: 'hub' | 'address' = 'hub',
  {
    repo = 'a/model',
    token,
    cache = new ModelCache(new MemoryStore()),
    ...more
  }: Partial<Transfer> & { repo?: string; token?: string; cache?: ModelCache } = {},
) {
  const network = hurriedNetwork(more.network);
  const transfer = { ...more, network };
  const access = () => ({ endpoint: hub.endpoint, token });
  const remote =
    source === 'hub'
      ? await hubSource(repo, 'main', access, transfer)
      : addressSource(hub.folder(repo));
  hub.seen.length = 0;
  return { files: cachedFiles(remote, cache, transfer, PIECE), remote, network, cache };
}

describe.each(['hub', 'address'] as const)('a file from a %s', (kind) => {
  it('comes whole, says how far it is, and is fetched once', async () => {
    const heard: [string, number, number | undefined][] = [];
    const onProgress = (...report: (typeof heard)[number]) => heard.push(report);
    const { files } = await folder(kind, { onProgress });
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.at(-1)).toEqual(['model.safetensors', WEIGHTS.length, WEIGHTS.length]);
    expect(heard.map(([, done]) => done)).toEqual(
      heard.map(([, done]) => done).sort((a, b) => a - b),
    );
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    expect(await files.range('model.safetensors', 63_990, 128_010)).toEqual(
      WEIGHTS.slice(63_990, 128_010),
    );
    expect(await files.size('model.safetensors')).toBe(WEIGHTS.length);
    expect(hub.reads('model.safetensors').filter(({ sent }) => sent > 0)).toHaveLength(1);
  });

  it('that is not there is undefined, and so is its size', async () => {
    const { files } = await folder(kind);
    expect(await files('nothing.json')).toBeUndefined();
    expect(await files.size('nothing.json')).toBeUndefined();
    await expect(files.range('nothing.json', 0, 1)).rejects.toMatchObject({
      failure: 'missing',
      message: expect.stringMatching(/nothing\.json is missing in .*a\/model/),
    });
  });

  it('may be empty', async () => {
    const { files } = await folder(kind);
    expect(await files('empty')).toEqual(new Uint8Array());
    expect(await files.size('empty')).toBe(0);
  });

  it('goes on after broken connections with the missing bytes only', async () => {
    hub.plan('model.safetensors', { kind: 'cut', after: 100_000 }, { kind: 'cut', after: 50_000 });
    let here = 0;
    const { files, network } = await folder(kind, { onProgress: (_, done) => (here = done) });
    const had: number[] = [];
    network.wait = async () => void had.push(here);
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    const reads = hub.reads('model.safetensors').filter(({ sent }) => sent > 0);
    // A broken connection may take some of its last bytes along.
    expect(had[0]).toBeGreaterThan(30_000);
    expect(had[1]).toBeGreaterThan(had[0]!);
    expect(reads.map(({ range }) => range)).toEqual([
      undefined,
      ...had.map((bytes) => `bytes=${bytes}-`),
    ]);
    expect(reads.at(-1)!.sent).toBe(WEIGHTS.length - had[1]!);
  });

  it('goes on after a cancel, also in another session', async () => {
    const stop = new AbortController();
    const onProgress = (_: string, done: number) => {
      if (done >= 100_000) stop.abort();
    };
    hub.plan('model.safetensors', { kind: 'stall', after: 150_000 });
    const { files, cache } = await folder(kind, { signal: stop.signal, onProgress });
    await expect(files('model.safetensors')).rejects.toMatchObject({ name: 'AbortError' });
    const [begun] = await cache.list();
    expect(begun).toMatchObject({ whole: false });
    expect(begun!.bytes).toBeGreaterThanOrEqual(100_000);

    const later = await folder(kind, { cache });
    expect(digest(await later.files('model.safetensors'))).toBe(WHOLE);
    const [read] = hub.reads('model.safetensors').filter(({ sent }) => sent > 0);
    expect(read).toMatchObject({
      range: `bytes=${begun!.bytes}-`,
      sent: WEIGHTS.length - begun!.bytes,
    });
    expect(await cache.list()).toMatchObject([{ whole: false, bytes: WEIGHTS.length }]);
    await later.files.complete();
    expect(await cache.list()).toMatchObject([{ whole: true, bytes: WEIGHTS.length }]);
  });

  it('starts over where ranges are ignored, and is right', async () => {
    hub.plan('model.safetensors', { kind: 'cut', after: 100_000 }, { kind: 'rangeless' });
    const { files } = await folder(kind);
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
  });

  it('waits as a busy server asks', async () => {
    const busy = { kind: 'status', status: 429, headers: { 'retry-after': '7' } } as const;
    hub.plan('config.json', busy, { ...busy, headers: {} }, { kind: 'status', status: 503 });
    const { files, network } = await folder(kind);
    expect(new TextDecoder().decode(await files('config.json'))).toBe(CONFIG);
    expect(network.waits).toEqual([7000, 2000, 4000]);
  });

  it('is given up when the server stays busy, or asks for too much patience', async () => {
    const busy = { kind: 'status', status: 429, headers: { 'retry-after': '3' } } as const;
    hub.plan('config.json', ...Array<typeof busy>(5).fill(busy));
    const { files } = await folder(kind);
    await expect(files('config.json')).rejects.toMatchObject({
      failure: 'busy',
      advice: expect.stringContaining('in 3 seconds'),
    });
    expect(hub.reads('config.json')).toHaveLength(5);
    hub.plan('config.json', { ...busy, headers: { 'retry-after': '3600' } } as never);
    await expect(files('config.json')).rejects.toMatchObject({ failure: 'busy' });
    expect(hub.reads('config.json')).toHaveLength(6);
  });

  it('is given up when connections break without a new byte, keeping what came', async () => {
    hub.plan('model.safetensors', { kind: 'cut', after: 70_000 });
    hub.plan('model.safetensors', ...Array(5).fill({ kind: 'cut', after: 0 }));
    const { files, cache } = await folder(kind);
    await expect(files('model.safetensors')).rejects.toMatchObject({ failure: 'offline' });
    const [begun] = await cache.list();
    expect(begun).toMatchObject({ whole: false });
    expect(begun!.bytes).toBeGreaterThan(0);
    hub.seen.length = 0;
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    expect(hub.reads('model.safetensors').at(-1)!.range).toBe(`bytes=${begun!.bytes}-`);
  });

  it('is tried again when the connection falls silent', async () => {
    hub.plan('model.safetensors', { kind: 'stall', after: 100_000 });
    const { files } = await folder(kind, { network: hurriedNetwork({ silenceMs: 200 }) });
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    expect(hub.reads('model.safetensors').at(-1)!.range).toBe('bytes=100000-');
  });

  it('is refetched when the cache is damaged, from there on', async () => {
    const store = new MemoryStore();
    const cache = new ModelCache(store);
    await (await folder(kind, { cache })).files('model.safetensors');
    const [key] = await store.folders();
    const piece = 'model.safetensors.2';
    const bytes = (await store.get(key!, piece))!;
    await store.put(
      key!,
      piece,
      bytes.map((byte, i) => (i === 9 ? byte ^ 4 : byte)),
    );
    const { files } = await folder(kind, { cache });
    expect(digest(await files('model.safetensors'))).toBe(WHOLE);
    expect(hub.reads('model.safetensors').at(-1)).toMatchObject({
      range: `bytes=${2 * PIECE}-`,
      sent: WEIGHTS.length - 2 * PIECE,
    });

    await store.put(key!, piece, bytes.slice(0, 100));
    const { files: again } = await folder(kind, { cache });
    expect(await again.range('model.safetensors', 2 * PIECE, 2 * PIECE + 4)).toEqual(
      WEIGHTS.slice(2 * PIECE, 2 * PIECE + 4),
    );
  });

  it('is read in parts without being fetched whole', async () => {
    const { remote } = await folder(kind);
    const direct = directFiles(remote, { network: hurriedNetwork() });
    expect(await direct.range('model.safetensors', 8, 20)).toEqual(WEIGHTS.slice(8, 20));
    expect(hub.reads('model.safetensors').reduce((sum, { sent }) => sum + sent, 0)).toBe(12);
    expect(await direct.size('model.safetensors')).toBe(WEIGHTS.length);
    expect(digest(await direct('model.safetensors'))).toBe(WHOLE);
    hub.plan('model.safetensors', { kind: 'rangeless' });
    expect(await direct.range('model.safetensors', 8, 20)).toEqual(WEIGHTS.slice(8, 20));
    await expect(direct.range('model.safetensors', 299_990, 300_010)).rejects.toMatchObject({
      failure: 'damaged',
    });
  });
});
