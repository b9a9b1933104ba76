// Faults of downloading that were found in use, against servers made of a function.
import { describe, expect, it, vi } from 'vitest';
import { ModelSources } from '../../../../src/lab/models/model-sources.ts';
import { addressSource } from '../../../../src/model/sources/address-source.ts';
import { MemoryStore } from '../../../../src/model/sources/blob-store.ts';
import { cachedFiles } from '../../../../src/model/sources/cached-files.ts';
import { directFiles } from '../../../../src/model/sources/direct-files.ts';
import { commitSource, hubSource } from '../../../../src/model/sources/hub-source.ts';
import { ModelCache } from '../../../../src/model/sources/model-cache.ts';
import type { Network } from '../../../../src/model/sources/network.ts';

const COMMIT = 'c'.repeat(40);
const text = (value: string) => new TextEncoder().encode(value);

/** A network of one function, which also notes what it was asked. */
function network(answer: (url: URL, headers: Headers, method: string) => Response) {
  const asked: { url: string; authorization: string | null }[] = [];
  const waits: number[] = [];
  const made: Network = {
    fetch: async (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      asked.push({ url: url.href, authorization: headers.get('authorization') });
      return answer(url, headers, init?.method ?? 'GET');
    },
    wait: async (ms) => void waits.push(ms),
    attempts: 5,
    silenceMs: 1000,
  };
  return { made, asked, waits };
}

const json = (value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), {
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('H3: the token of the hub', () => {
  const entry = (path: string) => ({ type: 'file', path, size: 2, oid: '0'.repeat(40) });
  const answer = (next: string) => (url: URL) => {
    if (url.pathname.includes('/tree/') && url.host === 'hub.test' && !url.search.includes('p=2')) {
      return json([entry('config.json')], { link: `<${next}>; rel="next"` });
    }
    if (url.pathname.includes('/tree/') || url.host !== 'hub.test') return json([entry('b.json')]);
    return json({ id: 'a/b', sha: COMMIT });
  };

  it.each([
    'https://thief.test/tree/2',
    'http://hub.test/api/models/a/b/tree/2?p=2',
    'https://hub.test.thief.test/tree/2',
    'https://hub.test@thief.test/tree/2',
    'https://hub.test:8443/tree/2',
    'https://huggingface.co/tree/2',
  ])('does not follow a list to %s', async (next) => {
    const { made, asked } = network(answer(next));
    const access = () => ({ endpoint: 'https://hub.test', token: 'hf_secret' });
    const source = await hubSource('a/b', 'main', access, { network: made });
    expect(source.find('b.json')).toBeDefined();
    const own = asked.filter(({ url }) => new URL(url).origin === 'https://hub.test');
    const others = asked.filter(({ url }) => new URL(url).origin !== 'https://hub.test');
    expect(own.length).toBeGreaterThan(1);
    expect(others.length).toBe(1);
    expect(new Set(own.map((each) => each.authorization))).toEqual(new Set(['Bearer hf_secret']));
    expect(others[0]!.authorization).toBeNull();
  });

  it('goes along to the next page of its own host', async () => {
    const { made, asked } = network(answer('https://hub.test/api/models/a/b/tree/x?p=2'));
    const access = () => ({ endpoint: 'https://hub.test', token: 'hf_secret' });
    await hubSource('a/b', 'main', access, { network: made });
    expect(asked.every(({ authorization }) => authorization === 'Bearer hf_secret')).toBe(true);
  });

  it('is not sent to a mirror that was named before', () => {
    let access = { endpoint: 'https://mirror.test', token: 'hf_of_mirror' };
    const files = new Map([['config.json', { size: 2 }]]);
    const source = commitSource(
      { repo: 'a/b', requested: 'main', commit: COMMIT, files },
      () => access,
    );
    const file = source.find('config.json')!;
    expect(file.headers()).toEqual({ authorization: 'Bearer hf_of_mirror' });
    access = { endpoint: 'https://hub.test', token: 'hf_secret' };
    expect(file.headers()).toEqual({});
  });
});

describe('H2: a file that describes a model', () => {
  /** More than any such file may have, a mebibyte at a time. */
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(1 << 20).fill(0x20));
        },
      }),
    );

  it('may go on without end, but is not followed', async () => {
    const { made } = network(endless);
    const source = addressSource('https://host.test/model');
    const message = /config\.json has \d+ bytes or more, and at most 16 MiB/;
    await expect(directFiles(source, { network: made })('config.json')).rejects.toThrow(message);
    const cache = new ModelCache(new MemoryStore());
    const kept = cachedFiles(source, cache, { network: made });
    await expect(kept('config.json')).rejects.toThrow(message);
  });
});

describe('P3: a host that compresses', () => {
  const content = text('0123456789');
  /** Like a browser behind such a host: the body is plain, the headers are those of the compressed file. */
  const compressing = (url: URL, headers: Headers, method: string) => {
    if (!url.pathname.endsWith('config.json')) return new Response(null, { status: 404 });
    const of = { 'content-encoding': 'gzip', etag: '"1"' };
    if (method === 'HEAD') return new Response(null, { headers: { ...of, 'content-length': '4' } });
    const range = headers.get('range');
    if (range === null) return new Response(content, { headers: of });
    const between = { ...of, 'content-range': 'bytes 0-3/4' };
    return new Response(content.slice(0, 4), { status: 206, headers: between });
  };

  it('is read whole, whatever its ranges say', async () => {
    const { made } = network(compressing);
    const files = directFiles(addressSource('https://host.test/model'), { network: made });
    expect(await files.size('config.json')).toBe(10);
    expect(await files.range('config.json', 6, 9)).toEqual(text('678'));
    const fresh = directFiles(addressSource('https://host.test/model'), { network: made });
    expect(await fresh.range('config.json', 2, 4)).toEqual(text('23'));
    await expect(fresh.range('config.json', 8, 11)).rejects.toThrow(/ends before byte 11/);
  });

  it('does not make the built-in model look damaged', async () => {
    const ranged: string[] = [];
    const { made } = network((url, headers) => {
      if (headers.has('range')) ranged.push(url.href);
      // A cache that answers every request for a part with the beginning of what it has.
      if (headers.has('range')) return new Response(content.slice(0, 3), { status: 206 });
      return new Response(content);
    });
    const cache = async () => new ModelCache(new MemoryStore());
    const sources = new ModelSources('https://host.test/models/builtin/', cache, made);
    const { summarised } = await sources.open('builtin');
    expect(await summarised.files.size('model.safetensors')).toBe(10);
    expect(await summarised.files.range('model.safetensors', 4, 7)).toEqual(text('456'));
    expect(ranged).toEqual([]);
  });
});

describe('P14: offline', () => {
  it('nothing is waited for', async () => {
    const { made, waits, asked } = network(() => {
      throw new TypeError('Failed to fetch');
    });
    vi.stubGlobal('navigator', { onLine: false });
    try {
      const attempt = hubSource('a/b', 'main', () => ({}), { network: made });
      await expect(attempt).rejects.toThrow(/this computer is offline/);
    } finally {
      vi.unstubAllGlobals();
    }
    expect({ waits, asked: asked.length }).toEqual({ waits: [], asked: 1 });
  });

  it('and a hub that does not answer keeps nobody from a model that is here', async () => {
    const cache = new ModelCache(new MemoryStore());
    const key = cache.key('hf:a/b', COMMIT);
    const pieces = [await cache.putPiece(key, 'config.json', 0, text('{}'))];
    const files = { 'config.json': { version: null, pieces, whole: true } };
    const content = { id: 'hf:a/b', requested: 'main', revision: COMMIT, files, absent: [] };
    await cache.save(key, content);
    const silent: Network = {
      fetch: (_, init) =>
        new Promise((__, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error));
        }),
      wait: async () => {},
      attempts: 5,
      silenceMs: 60_000,
    };
    await import('@huggingface/hub');
    vi.useFakeTimers();
    try {
      const sources = new ModelSources('https://host.test/', async () => cache, silent);
      const opening = sources.open('hf:a/b');
      await vi.advanceTimersByTimeAsync(4000);
      expect((await opening).name).toBe(`hf:a/b@${COMMIT}`);
    } finally {
      vi.useRealTimers();
    }
  });
});
