import { afterEach, expect, test, vi } from 'vitest';
import { loadModel } from '../../../src/lab/model-loading.ts';

afterEach(() => vi.unstubAllGlobals());

const BUILTIN = 'https://lab.example/models/builtin/';

test('a model that is neither built in nor an address is refused', async () => {
  await expect(loadModel('/home/someone/model', BUILTIN).next()).rejects.toMatchObject({
    field: 'model',
    message: 'model is "/home/someone/model"',
  });
});

test('a folder without a model is refused, and was looked for at its address', async () => {
  const fetched = vi.fn(async () => new Response('', { status: 404 }));
  vi.stubGlobal('fetch', fetched);
  const loading = loadModel('builtin', BUILTIN);
  expect((await loading.next()).value).toMatchObject({ phase: 'loading', unit: 'bytes' });
  await expect(
    (async () => {
      for (;;) if ((await loading.next()).done) return;
    })(),
  ).rejects.toMatchObject({ name: 'InputError' });
  expect(fetched).toHaveBeenCalledWith(`${BUILTIN}config.json`);
});
