// Models in the browser's own storage: fetched from a hub, kept over reloads, never kept damaged.
import { createHash } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LoadEvent, ModelWish } from '../../src/lab/contract.ts';
import type { LabFailure } from '../../src/lab/lab-error.ts';
import { HubServer, type Mishap } from '../support/hub-server.ts';
import { pagesFrom } from './open-page.ts';
import { serveModels } from './serve.ts';

/** What the cache cuts files into. */
const PIECE = 2 ** 23;
/** One piece and a bit, different everywhere. */
const WEIGHTS = new Uint8Array(PIECE + 1000);
for (let i = 0, x = 1; i < WEIGHTS.length; i++) {
  x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  WEIGHTS[i] = x >>> 24;
}
const CHECKSUM = createHash('sha256').update(WEIGHTS).digest('hex');
const files = { 'config.json': '{"model_type":"rwkv"}', 'model.safetensors': WEIGHTS };

const open = pagesFrom(serveModels);
let hub: HubServer;
beforeAll(async () => {
  hub = await HubServer.start({
    'a/model': { files },
    'a/gated': { files, gated: { tokens: ['hf_friend'], accepted: ['hf_friend'] } },
    'a/small': { files: { ...files, 'model.safetensors': 'small' } },
  });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

async function opened(address = ''): Promise<Page> {
  const page = await open(address, {}, 'no WebGPU');
  await access(page);
  return page;
}
const access = (page: Page, token?: string) =>
  page.evaluate((how) => window.models.setAccess(how), { endpoint: hub.endpoint, token });

/** How a load ended, the checksum of what was loaded, and the notices on the way. */
async function load(page: Page, model = 'a/model', wish: ModelWish = {}) {
  return page.evaluate(
    async ([model, wish]) => {
      const events: LoadEvent[] = [];
      const end = await window.models
        .load(model, (event) => events.push(event), wish)
        .catch((thrown: LabFailure) => thrown.error);
      const notices = events.flatMap((event) => (event.type === 'notice' ? [event] : []));
      return {
        end,
        checksum: notices.find(({ advice }) => advice === 'checksum')?.message,
        notices: notices
          .filter(({ advice }) => advice !== 'checksum')
          .map(({ message }) => message),
      };
    },
    [model, wish] as const,
  );
}
const cached = (page: Page) => page.evaluate(() => window.models.cachedModels());
const LOADED = { end: 'done', checksum: CHECKSUM, notices: [] };

/** Where the weights lie in the private file system. */
const storedPieces = (page: Page) =>
  page.evaluate(async () => {
    const found: [string, number][] = [];
    const root = await navigator.storage.getDirectory();
    for await (const folder of (await root.getDirectoryHandle('models')).values()) {
      for await (const file of (folder as FileSystemDirectoryHandle).values()) {
        found.push([file.name, (await (file as FileSystemFileHandle).getFile()).size]);
      }
    }
    return Object.fromEntries(found.sort());
  });

test('a model is kept in pieces over a reload and is not fetched again', async () => {
  const page = await opened();
  expect(await load(page)).toEqual(LOADED);
  expect(await storedPieces(page)).toMatchObject({
    'model.safetensors.0': PIECE,
    'model.safetensors.1': 1000,
  });
  await page.reload();
  await access(page);
  expect(await cached(page)).toMatchObject([
    { id: 'hf:a/model', whole: true, lasting: true, bytes: WEIGHTS.length },
  ]);
  hub.seen.length = 0;
  expect(await load(page)).toEqual(LOADED);
  expect(hub.reads('model.safetensors')).toEqual([]);

  await page.evaluate(() => window.models.deleteCached());
  expect(await cached(page)).toEqual([]);
  expect(await storedPieces(page)).toEqual({});
});

test('a model that is not supported is refused before its weights are fetched', async () => {
  const page = await opened();
  const { verdict } = await page.evaluate(() => window.models.summarise('a/model'));
  expect(verdict).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('model_type "rwkv" is not supported'),
  });
  expect(hub.reads('model.safetensors')).toEqual([]);
});

describe('what goes wrong leaves a usable page and no corrupt cache:', () => {
  const five = (mishap: Mishap) => Array<Mishap>(5).fill(mishap);
  const cases: [string, Mishap[], object][] = [
    [
      'a file that is gone',
      [{ kind: 'status', status: 404 }],
      { kind: 'input', source: 'missing' },
    ],
    ['busy', five({ kind: 'status', status: 429 }), { kind: 'network', source: 'busy' }],
    ['broken', five({ kind: 'status', status: 500 }), { kind: 'network', source: 'server' }],
    ['cut', five({ kind: 'cut', after: 0 }), { kind: 'network', source: 'offline' }],
    ['wrong checksum', [{ kind: 'scrambled' }], { kind: 'network', source: 'damaged' }],
  ];

  test('answers and bytes that are not the file', async () => {
    const page = await opened();
    for (const [name, mishaps, error] of cases) {
      hub.plan('model.safetensors', ...mishaps);
      const { end } = await load(page);
      expect(end, name).toMatchObject({ ...error, field: 'model' });
      expect(await cached(page), name).toEqual([]);
      expect(await load(page), name).toEqual(LOADED);
      await page.evaluate(() => window.models.deleteCached());
      // The model in use would not be fetched again.
      expect((await load(page, 'a/small')).end).toBe('done');
      await page.evaluate(() => window.models.deleteCached());
    }
  });

  test('a connection that falls silent', async () => {
    const page = await opened('?silence=300');
    hub.plan('model.safetensors', ...five({ kind: 'stall', after: 0 }));
    expect((await load(page)).end).toMatchObject({ kind: 'network', source: 'offline' });
    await page.goto(page.url().replace('?silence=300', ''));
    await access(page);
    expect(await load(page)).toEqual(LOADED);
  });

  test('a connection cut half way, and a reload: only the missing bytes are asked for', async () => {
    const page = await opened();
    hub.plan(
      'model.safetensors',
      { kind: 'cut', after: 5_000_000 },
      ...five({ kind: 'cut', after: 0 }),
    );
    expect((await load(page)).end).toMatchObject({ source: 'offline' });
    const [begun] = await cached(page);
    expect(begun).toMatchObject({ whole: false });
    expect(begun!.bytes).toBeGreaterThan(100_000);
    await page.reload();
    await access(page);
    hub.forget();
    expect(await load(page)).toEqual(LOADED);
    expect(hub.reads('model.safetensors').filter(({ server }) => server === 'cdn')).toMatchObject([
      { range: `bytes=${begun!.bytes}-`, sent: WEIGHTS.length - begun!.bytes },
    ]);
  });

  test('a gated model, until there is a token; the token goes nowhere else', async () => {
    const page = await opened();
    expect((await load(page, 'a/gated')).end).toMatchObject({
      ...{ kind: 'input', source: 'gated' },
      advice: expect.stringContaining('Accept the licence'),
    });
    await access(page, 'hf_other');
    expect((await load(page, 'a/gated')).end).toMatchObject({ source: 'gated' });
    await access(page, 'hf_friend');
    expect(await load(page, 'a/gated')).toEqual(LOADED);
    const atCdn = hub.seen.filter(({ server }) => server === 'cdn');
    expect(atCdn.length).toBeGreaterThan(0);
    expect(atCdn.map(({ authorization }) => authorization)).toEqual(atCdn.map(() => undefined));
    const stored = await page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    expect(stored).toBe('{}');
    await page.reload();
    await access(page);
    await page.evaluate(() => window.models.deleteCached());
    expect((await load(page, 'a/gated')).end).toMatchObject({ source: 'gated' });
  });

  test('a slow file that is cancelled', async () => {
    const page = await opened();
    hub.plan('model.safetensors', { kind: 'stall', after: 5_000_000 });
    const end = await page.evaluate(async () => {
      let begun: () => void;
      const someCame = new Promise<void>((resolve) => (begun = resolve));
      const loading = window.models.load('a/model', (event) => {
        if (event.type === 'progress' && event.done > 1_000_000) begun();
      });
      await someCame;
      await window.models.cancelLoad(loading);
      return loading;
    });
    expect(end).toBe('cancelled');
    expect(await cached(page)).toMatchObject([{ whole: false }]);
    expect(await load(page)).toEqual(LOADED);
  });

  test('a full disk: the model is held in memory, and the disk is left clean', async () => {
    const page = await opened();
    const { origin } = new URL(page.url());
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 });
    const { notices, ...loaded } = await load(page);
    expect(loaded).toEqual({ end: 'done', checksum: CHECKSUM });
    expect(notices).toEqual([expect.stringMatching(/no room left for this model.*in memory/)]);
    expect(await cached(page)).toMatchObject([{ whole: true, lasting: false }]);
    expect(await storedPieces(page)).toEqual({});
    expect((await load(page, 'a/small')).end).toBe('done');
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    await page.reload();
    await access(page);
    expect(await cached(page)).toMatchObject([{ id: 'hf:a/small', lasting: true }]);
    expect(await load(page)).toEqual(LOADED);
  });

  test('bytes that rot on the disk, and a record that was torn', async () => {
    const page = await opened();
    expect(await load(page)).toEqual(LOADED);
    const write = (name: string, bytes: number[]) =>
      page.evaluate(
        async ([name, bytes]) => {
          const root = await navigator.storage.getDirectory();
          for await (const folder of (await root.getDirectoryHandle('models')).values()) {
            const handle = await (folder as FileSystemDirectoryHandle).getFileHandle(name);
            const writable = await handle.createWritable({ keepExistingData: true });
            await writable.write(new Uint8Array(bytes));
            await writable.close();
          }
        },
        [name, bytes] as const,
      );
    await write('model.safetensors.1', [1, 2, 3, 4]);
    await page.reload();
    await access(page);
    hub.seen.length = 0;
    expect(await load(page)).toEqual(LOADED);
    expect(hub.reads('model.safetensors').at(-1)).toMatchObject({
      range: `bytes=${PIECE}-`,
      sent: WEIGHTS.length - PIECE,
    });
    await write('model.json', [0, 0, 0, 0]);
    await page.reload();
    await access(page);
    expect(await cached(page)).toEqual([]);
    expect(await load(page)).toEqual(LOADED);
  });
});

test('two tabs that want the same model fetch it once', async () => {
  const page = await opened();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await access(other);
  hub.seen.length = 0;
  expect(await Promise.all([load(page), load(other)])).toEqual([LOADED, LOADED]);
  expect(hub.reads('model.safetensors').filter(({ server }) => server === 'cdn')).toHaveLength(1);
});

test('a chosen folder is loaded without being copied', async () => {
  const page = await opened();
  const name = await page.evaluate(() =>
    window.models.openFolder('mine', [
      { path: 'mine/config.json', file: new File(['{}'], 'config.json') },
      { path: 'mine/model.safetensors', file: new File(['abc'], 'model.safetensors') },
    ]),
  );
  const abc = createHash('sha256').update('abc').digest('hex');
  expect(await load(page, name)).toEqual({ ...LOADED, checksum: abc });
  expect(await cached(page)).toEqual([]);
});

test('without a private file system, the Cache API keeps models', async () => {
  const page = await opened('?store=cache');
  expect(await load(page)).toEqual(LOADED);
  expect(await page.evaluate(async () => (await (await caches.open('models')).keys()).length)).toBe(
    3,
  );
  await page.reload();
  await access(page);
  expect(await cached(page)).toMatchObject([{ whole: true, lasting: true }]);
  hub.seen.length = 0;
  expect(await load(page)).toEqual(LOADED);
  expect(hub.reads('model.safetensors')).toEqual([]);
  await page.evaluate(() => window.models.deleteCached());
  expect(await page.evaluate(async () => (await (await caches.open('models')).keys()).length)).toBe(
    0,
  );
});

test('without any storage, models last as long as the page, and that is said', async () => {
  const page = await opened('?store=memory');
  const { notices, ...loaded } = await load(page);
  expect(loaded).toEqual({ end: 'done', checksum: CHECKSUM });
  expect(notices).toEqual([expect.stringContaining('does not let the page keep models')]);
  expect(await cached(page)).toMatchObject([{ lasting: false }]);
});
