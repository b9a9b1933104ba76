// What is believed of a source and of the cache: checksums, versions, permissions, room.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressSource } from '../../../../src/model/sources/address-source.ts';
import { type BlobStore, MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { cachedFiles } from '../../../../src/model/sources/cached-files.ts';
import { directFiles } from '../../../../src/model/sources/direct-files.ts';
import { runningHash, sha256Hex } from '../../../../src/model/sources/file-hash.ts';
import type { HubAccess } from '../../../../src/model/sources/hub-access.ts';
import { checkedAccess } from '../../../../src/model/sources/hub-access.ts';
import { hubSource } from '../../../../src/model/sources/hub-source.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import { inTurn } from '../../../../src/model/sources/model-lock.ts';
import { retreatingStore } from '../../../../src/model/sources/retreating-store.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

let hub: HubServer;
beforeAll(async () => {
  hub = await HubServer.start();
});
beforeEach(() => {
  hub.repos.set('a/model', {
    files: { 'config.json': '{"v":1}', 'model.safetensors': 'the weights' },
    card: { license: 'apache-2.0' },
  });
  hub.repos.set('a/gated', {
    files: { 'config.json': '{}', 'model.safetensors': 'the weights' },
    card: { license: 'other', license_name: 'our-own' },
    gated: { tokens: ['hf_stranger', 'hf_friend'], accepted: ['hf_friend'] },
  });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

async function hubFolder(
  cache = new ModelCache(new MemoryStore()),
  repo = 'a/model',
  access: () => HubAccess = () => ({}),
  revision = 'main',
) {
  const network = hurriedNetwork();
  const reached = () => ({ endpoint: hub.endpoint, ...access() });
  const source = await hubSource(repo, revision, reached, { network });
  return { files: cachedFiles(source, cache, { network }, 4), source, cache };
}

const addressFolder = (cache: ModelCache, network = hurriedNetwork()) =>
  cachedFiles(addressSource(hub.folder('a/model')), cache, { network }, 4);

describe('checksums', () => {
  it('are the published ones of git and SHA-256', async () => {
    const git = runningHash('git', 6);
    git.update(bytes('hel'));
    git.update(bytes('lo\n'));
    expect(git.hex()).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
    const sha = runningHash('sha256', 3);
    sha.update(bytes('abc'));
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha.hex()).toBe(abc);
    expect(await sha256Hex(bytes('abc'))).toBe(abc);
  });

  it.each(['model.safetensors', 'config.json'])(
    'that %s does not have make it unusable, and nothing of it is kept',
    async (name) => {
      hub.plan(name, { kind: 'scrambled' });
      const { files, cache } = await hubFolder();
      await expect(files(name)).rejects.toMatchObject({
        failure: 'damaged',
        message: expect.stringContaining(`${name} of a/model has the`),
      });
      expect(await cache.list()).toEqual([]);
      expect(text(await files(name))).toBe(hub.repos.get('a/model')!.files[name]);
    },
  );

  it('are looked at without a cache, too', async () => {
    const { source } = await hubFolder();
    hub.plan('model.safetensors', { kind: 'scrambled' });
    const direct = directFiles(source, { network: hurriedNetwork() });
    await expect(direct('model.safetensors')).rejects.toMatchObject({ failure: 'damaged' });
    expect(text(await direct('model.safetensors'))).toBe('the weights');
  });
});

describe('versions', () => {
  it('of the hub are commits, each kept for itself', async () => {
    const { files, cache, source } = await hubFolder();
    expect(source).toMatchObject({ id: 'hf:a/model', requested: 'main' });
    expect(source.revision).toBe(hub.commit('a/model'));
    await files('config.json');
    const repo = hub.repos.get('a/model')!;
    hub.repos.set('a/model', { ...repo, files: { ...repo.files, 'config.json': '{"v":2}' } });
    const { files: newer } = await hubFolder(cache);
    expect(text(await newer('config.json'))).toBe('{"v":2}');
    expect(await cache.list()).toHaveLength(2);
    expect((await cache.latest('hf:a/model', 'main'))!.revision).toBe(hub.commit('a/model'));
    expect((await cache.latest('hf:a/model', source.revision))!.revision).toBe(source.revision);
    expect(await cache.latest('hf:a/model', 'dev')).toBeUndefined();
  });

  it('at an address are asked for again, and believed while nobody answers', async () => {
    const cache = new ModelCache(new MemoryStore());
    await addressFolder(cache)('config.json');
    hub.seen.length = 0;
    expect(text(await addressFolder(cache)('config.json'))).toBe('{"v":1}');
    expect(hub.seen.map(({ method }) => method)).toEqual(['HEAD']);

    hub.repos.set('a/model', { files: { 'config.json': '{"v":2}' } });
    expect(text(await addressFolder(cache)('config.json'))).toBe('{"v":2}');

    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const offline = addressFolder(cache, hurriedNetwork({ fetch }));
    expect(text(await offline('config.json'))).toBe('{"v":2}');
    await expect(offline('tokenizer.json')).rejects.toMatchObject({ failure: 'offline' });
  });

  it('at an address include what is not there', async () => {
    const cache = new ModelCache(new MemoryStore());
    expect(await addressFolder(cache)('chat_template.jinja')).toBeUndefined();
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    expect(await addressFolder(cache, hurriedNetwork({ fetch }))('chat_template.jinja')).toBe(
      undefined,
    );
    hub.repos.set('a/model', { files: { 'chat_template.jinja': 'hi' } });
    expect(text(await addressFolder(cache)('chat_template.jinja'))).toBe('hi');
  });

  it('that change between two halves of a file are not mixed', async () => {
    const before = 'abcdefgh'.repeat(20_000);
    const after = 'ABCDEFGH'.repeat(20_000);
    hub.repos.set('a/model', { files: { notes: before } });
    hub.plan('notes', { kind: 'cut', after: 80_000 });
    const network = hurriedNetwork();
    network.wait = async () => void hub.repos.set('a/model', { files: { notes: after } });
    const files = cachedFiles(
      addressSource(hub.folder('a/model')),
      new ModelCache(new MemoryStore()),
      { network },
      50_000,
    );
    expect(text(await files('notes'))).toBe(after);
  });
});

describe('a beginning', () => {
  it('that nothing ties to the rest is not continued', async () => {
    const whole = (content: string, headers: HeadersInit) => new Response(content, { headers });
    const broken = () => {
      let asked = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (asked++ === 0) controller.enqueue(bytes('old '));
          else controller.error(new Error('cut off'));
        },
      });
    };
    const answers = [
      new Response(broken(), { headers: { etag: '"1"' } }),
      // A server behind the same name that ignores ranges and tells no versions.
      whole('new words', {}),
      whole('new words', {}),
    ];
    const network = hurriedNetwork({ fetch: async () => answers.shift()! });
    const files = directFiles(addressSource('https://x.org/m'), { network });
    expect(text(await files('notes'))).toBe('new words');
    expect(answers).toEqual([]);
  });

  it('of what was promised otherwise is thrown away', async () => {
    const { source, cache } = await hubFolder();
    const key = cache.key(source.id, source.revision);
    const piece = await cache.putPiece(key, 'model.safetensors', 0, bytes('THE '));
    const begun = { version: 'sha256:another', pieces: [piece], whole: false };
    const { id, requested, revision } = source;
    const files = { 'model.safetensors': begun };
    await cache.save(key, { id, requested, revision, files, absent: [] });
    const folder = cachedFiles(source, cache, { network: hurriedNetwork() }, 4);
    expect(text(await folder('model.safetensors'))).toBe('the weights');
  });
});

describe('permissions', () => {
  it.each([
    [
      undefined,
      /without an access token \(.*401 GatedRepo\)/,
      /Accept the licence at .*a\/gated, /,
    ],
    ['hf_stranger', /with this access token \(.*403 GatedRepo\)/, /the account of the token/],
    ['hf_unknown', /with this access token \(.*401 GatedRepo\)/, /the account of the token/],
  ])('with the token %s are explained', async (token, message, advice) => {
    const { files } = await hubFolder(undefined, 'a/gated', () => ({ token }));
    await expect(files('config.json')).rejects.toMatchObject({
      ...{ name: 'InputError', failure: 'gated', field: 'model' },
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
  });

  it('come with a token, which the CDN never sees, and go with it', async () => {
    let token: string | undefined = 'hf_friend';
    const { files } = await hubFolder(undefined, 'a/gated', () => ({ token }));
    expect(text(await files('model.safetensors'))).toBe('the weights');
    const tokens = (server: string) =>
      hub.seen.filter((seen) => seen.server === server).map((seen) => seen.authorization);
    expect(new Set(tokens('hub'))).toEqual(new Set(['Bearer hf_friend']));
    expect(tokens('cdn')).toEqual([undefined]);
    token = undefined;
    await expect(files('config.json')).rejects.toMatchObject({ failure: 'gated' });
  });

  it('are checked for what people mistype', () => {
    expect(checkedAccess({ token: ' hf_abc ', endpoint: 'https://mirror.example/ ' })).toEqual({
      token: 'hf_abc',
      endpoint: 'https://mirror.example',
    });
    expect(checkedAccess({ token: '', endpoint: '' })).toEqual({});
    expect(() => checkedAccess({ token: 'password' })).toThrow(/does not look like/);
    expect(() => checkedAccess({ endpoint: 'mirror' })).toThrow(/endpoint is "mirror"/);
  });

  it('and the licence are told before anything is fetched', async () => {
    expect((await hubFolder()).source).toMatchObject({ licence: 'apache-2.0', gated: false });
    const { source } = await hubFolder(undefined, 'a/gated');
    expect(source).toMatchObject({ licence: 'our-own', gated: true });
  });
});

describe('what is not there', () => {
  it('is a repository', async () => {
    await expect(hubFolder(undefined, 'a/nothing')).rejects.toMatchObject({
      failure: 'missing',
      message: expect.stringContaining('a/nothing@main was not found'),
      advice: expect.stringContaining('owner and name'),
    });
  });

  it('is a revision', async () => {
    await expect(hubFolder(undefined, 'a/model', undefined, 'v9')).rejects.toMatchObject({
      failure: 'missing',
      message: expect.stringContaining('a/model@v9 was not found'),
    });
  });

  it('is a file that the hub has listed', async () => {
    hub.plan('config.json', { kind: 'status', status: 404 });
    const { files } = await hubFolder();
    await expect(files('config.json')).rejects.toMatchObject({
      failure: 'missing',
      message: expect.stringContaining('config.json of a/model was not found'),
    });
  });

  it('is a page where a file of an address should be', async () => {
    const fetch = async () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    const files = directFiles(addressSource('https://x.org/m'), {
      network: hurriedNetwork({ fetch }),
    });
    expect(await files('config.json')).toBeUndefined();
  });

  it('is the network', async () => {
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    const network = hurriedNetwork({ fetch });
    await expect(
      hubSource('a/model', 'main', () => ({ endpoint: hub.endpoint }), { network }),
    ).rejects.toMatchObject({
      failure: 'offline',
      message: 'a/model@main cannot be read: Failed to fetch.',
    });
    expect(network.waits).toEqual([1000, 2000, 4000, 8000]);
  });
});

/** A disk with room for so many bytes. */
function smallDisk(room: number): BlobStore {
  const disk = new MemoryStore();
  let used = 0;
  return Object.assign(disk, {
    lasts: () => true,
    async put(folder: string, file: string, content: Uint8Array<ArrayBuffer>) {
      const before = (await disk.get(folder, file))?.length ?? 0;
      if (used + content.length - before > room) {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      }
      used += content.length - before;
      return MemoryStore.prototype.put.call(disk, folder, file, content);
    },
  });
}

describe('the cache', () => {
  it('moves a model to memory when the disk is full, and leaves the disk clean', async () => {
    const disk = smallDisk(900);
    const retreats: unknown[] = [];
    const store = retreatingStore(disk, (folder, reason) => retreats.push([folder, reason]));
    const cache = new ModelCache(store);
    const weights = 'w'.repeat(1000);
    hub.repos.set('a/model', { files: { 'config.json': '{}', 'model.safetensors': weights } });
    const { source } = await hubFolder();
    const files = cachedFiles(source, cache, { network: hurriedNetwork() }, 100);
    expect(text(await files('config.json'))).toBe('{}');
    expect(await cache.list()).toMatchObject([{ lasting: true }]);
    expect(text(await files('model.safetensors'))).toBe(weights);
    expect(retreats).toEqual([
      [
        cache.key('hf:a/model', source.revision),
        expect.objectContaining({ name: 'QuotaExceededError' }),
      ],
    ]);
    expect(await disk.folders()).toEqual([]);
    await files.complete();
    expect(await cache.list()).toMatchObject([{ lasting: false, whole: true, bytes: 1002 }]);
    expect(text(await files.range('model.safetensors', 90, 110))).toBe('w'.repeat(20));
  });

  it('lists sizes and last use, and deletes one or all', async () => {
    let now = 1000;
    const cache = new ModelCache(new MemoryStore(), () => now);
    await (await hubFolder(cache)).files('config.json');
    now = 2000;
    const address = addressFolder(cache);
    await address('model.safetensors');
    await address.complete();
    const list = await cache.list();
    expect(list).toMatchObject([
      { id: hub.folder('a/model'), revision: '', bytes: 11, whole: true, usedAt: 2000 },
      {
        id: 'hf:a/model',
        requested: 'main',
        revision: hub.commit('a/model'),
        whole: false,
        usedAt: 1000,
      },
    ]);
    await cache.delete(list[0]!.key);
    expect(await cache.list()).toMatchObject([{ id: 'hf:a/model' }]);
    await cache.delete();
    expect(await cache.list()).toEqual([]);
  });

  it('does not delete what is being written', async () => {
    const cache = new ModelCache(new MemoryStore());
    await addressFolder(cache)('config.json');
    const [{ key } = { key: '' }] = await cache.list();
    await inTurn(key, undefined, async () => {
      await expect(cache.delete(key)).rejects.toThrow(/being downloaded/);
    });
    await cache.delete(key);
    expect(await cache.list()).toEqual([]);
  });

  it.each(['not json', '{"format":2}', '{"format":1,"id":"x","files":[]}'])(
    'throws away a folder whose record is %s',
    async (record) => {
      const store = new MemoryStore();
      const cache = new ModelCache(store);
      await addressFolder(cache)('config.json');
      const [key] = await store.folders();
      await store.put(key!, 'model.json', bytes(record));
      expect(await cache.list()).toEqual([]);
      expect(await store.folders()).toEqual([]);
      expect(text(await addressFolder(cache)('config.json'))).toBe('{"v":1}');
    },
  );

  it('takes no beginning for the whole, whatever is missing', async () => {
    const store = new MemoryStore();
    const cache = new ModelCache(store);
    await addressFolder(cache)('model.safetensors');
    const [key] = await store.folders();
    for (const file of (await store.files(key!)).filter((name) => name !== 'model.json')) {
      await store.delete(key!, file);
      expect(text(await addressFolder(cache)('model.safetensors'))).toBe('the weights');
    }
  });

  it('serves two readers of the same file with one download', async () => {
    const { files } = await hubFolder();
    hub.seen.length = 0;
    await Promise.all([
      files('config.json'),
      files('config.json'),
      files.range('config.json', 1, 2),
    ]);
    expect(hub.reads('config.json')).toHaveLength(1);
  });
});
