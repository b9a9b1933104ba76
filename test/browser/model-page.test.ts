// The page of models, as it is shipped: looked at, fetched, used, kept and deleted, and all that fails.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { modulePath } from '../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { writeAdapter } from '../../src/model/adapter/peft-writer.ts';
import { HubServer, type Mishap } from '../support/hub-server.ts';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const BUILTIN = fileURLToPath(new URL('../../public/models/builtin/', import.meta.url));
const GGUF = fileURLToPath(new URL('../golden/gguf/', import.meta.url));
const open = pagesFrom(servePage);

/** The real model that the page offers first; here a tiny one in its place. */
const FIRST = {
  repo: 'bartowski/SmolLM2-135M-Instruct-GGUF',
  file: 'SmolLM2-135M-Instruct-Q4_K_M.gguf',
};

let hub: HubServer;
beforeAll(async () => {
  const files = Object.fromEntries(
    await Promise.all(
      (await readdir(BUILTIN)).map(async (name) => [name, await readFile(BUILTIN + name)] as const),
    ),
  );
  const unknown = { ...files, 'config.json': '{"model_type":"rwkv"}' };
  hub = await HubServer.start({
    'a/copy': { files, card: { license: 'mit' } },
    'a/gated': { files, gated: { tokens: ['hf_friend'], accepted: ['hf_friend'] } },
    'a/unknown': { files: unknown },
    [FIRST.repo]: {
      files: {
        [FIRST.file]: await readFile(`${GGUF}llama_k/model.gguf`),
        'SmolLM2-135M-Instruct-Q8_0.gguf': await readFile(`${GGUF}gemma3/model.gguf`),
      },
    },
  });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

const card = (page: Page) => page.locator('section[aria-labelledby="looked-heading"]');
const kept = (page: Page) => page.getByRole('region', { name: 'Kept in this browser' });

/** The page of models, with the hub's mirror set. */
async function models(token = ''): Promise<Page> {
  const page = await open('?backend=wasm#models', {}, 'no WebGPU');
  await card(page).getByRole('heading', { name: 'Built-in' }).waitFor();
  await card(page).getByText('This is the model of the experiment.').waitFor();
  await access(page, token);
  return page;
}

async function access(page: Page, token: string): Promise<void> {
  const field = page.getByLabel('Access token of the hub');
  if (!(await field.isVisible())) await page.getByText('Gated models and mirrors').click();
  await field.fill(token);
  await page.getByLabel('Mirror of the hub').fill(hub.endpoint);
  await page.getByRole('button', { name: 'Use these' }).click();
  await page.getByText('In use from now on.').waitFor();
}

async function look(page: Page, model: string): Promise<void> {
  await page.getByLabel('Name on the hub, or web address of a folder').fill(model);
  await page.getByRole('button', { name: 'Look', exact: true }).click();
}

/** After a model was put to use: the cache has all of it, and nothing else. */
async function isWhole(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Change' }).click();
  await kept(page).getByRole('button', { name: 'a/copy', exact: true }).waitFor();
  expect(await kept(page).getByText('not complete').count()).toBe(0);
}

const download = (page: Page) => card(page).getByRole('button', { name: /^Download/ });

test('a model is weighed before it is fetched, used in a run, kept, and deleted', async () => {
  const page = await models();
  await look(page, 'a/copy');
  const facts = card(page);
  await facts.getByText('qwen3', { exact: true }).waitFor();
  await facts.getByText('1.1 million').waitFor();
  await facts.getByText('mit', { exact: true }).waitFor();
  await facts.getByText(/Numbers are .*<\|?\w+\|?> ends an answer/).waitFor();
  expect(hub.reads('model.safetensors').every(({ range }) => range !== undefined)).toBe(true);

  await download(page).click();
  await page.getByText('Model: a/copy').waitFor();
  expect(page.url()).toContain('model=hf%3Aa%2Fcopy');

  await page.goto(
    page.url().replace(/#.*/, '') +
      '#model=hf:a/copy&data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
      '&training.steps=1&training.batch=1&evaluation.splits=["train"]',
  );
  await page.getByText('Model: a/copy').waitFor();
  // A look of the page that comes late may ask for the header once more, which has a range.
  const fetched = () => hub.reads('model.safetensors').filter(({ range }) => range === undefined);
  const before = fetched();
  await page.getByRole('button', { name: 'Run the experiment' }).click();
  await page.getByRole('region', { name: 'Results' }).getByText(/took/).waitFor();
  expect(fetched()).toEqual(before);

  await page.getByRole('link', { name: 'Models' }).click();
  await kept(page).getByText('a/copy').waitFor();
  await kept(page).getByRole('button', { name: 'Delete a/copy' }).click();
  await kept(page).getByText('Nothing yet.').waitFor();
});

test('the first real model: one of several quantisations, in the list, broken, cut half-way, and kept', async () => {
  const page = await models();
  await look(page, FIRST.repo);
  await card(page)
    .getByText(`It is there in 2 quantisations. Take ${FIRST.file}: its weights`)
    .waitFor();
  const names = await card(page)
    .getByRole('button', { name: /\.gguf, / })
    .allTextContents();
  expect(names).toEqual([`SmolLM2-135M-Instruct-Q8_0.gguf, 210 kB`, `${FIRST.file}, 599 kB`]);
  expect(hub.reads('.gguf')).toEqual([]);

  await page.getByRole('button', { name: /^SmolLM2 135M in 4 bits/ }).click();
  await card(page).getByText('Memory to train').waitFor();
  // Its look is at an end: what goes wrong from here on happens to the download.
  await card(page)
    .getByText(/ends an answer/)
    .waitFor();
  expect(hub.reads('.gguf').every(({ range }) => range !== undefined)).toBe(true);
  hub.plan(FIRST.file, { kind: 'scrambled' });
  await download(page).click();
  await card(page).getByRole('alert').waitFor();
  hub.plan(FIRST.file, { kind: 'cut', after: 300_000 });
  await download(page).click();
  await page.getByText(`Model: ${FIRST.repo}/${FIRST.file}`).waitFor();
  const ranges = hub.reads(FIRST.file).flatMap(({ range }) => range ?? []);
  expect(ranges.some((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);

  await page.getByRole('link', { name: 'Change' }).click();
  await kept(page).getByText(FIRST.file).waitFor();
  expect(await kept(page).getByText('not complete').count()).toBe(0);
  await card(page)
    .getByRole('link', { name: /^Race soft against hard/ })
    .waitFor();
});

/** An adapter of the built-in model, or one that is too narrow for it, as PEFT saves it. */
async function adapterFiles(width = 128, baseModel = 'builtin') {
  const config = JSON.parse(await readFile(`${BUILTIN}config.json`, 'utf8')) as object;
  const spec = decoderSpecFrom({ ...config, hidden_size: width });
  const [a, b] = [new Float32Array(width).fill(0.1), new Float32Array(128).fill(0.2)];
  const tensors = new Map(
    Array.from({ length: spec.layers }, (_, layer) => [modulePath(spec, 'q', layer), { a, b }]),
  );
  const shape = { rank: 1, alpha: 1, dropout: 0, rankStabilised: false };
  const files = writeAdapter({ ...shape, targets: ['q'], tensors }, spec, baseModel);
  return [...files].map(([name, bytes]) => ({
    ...{ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) },
  }));
}

test('an adapter is checked, merged into the model, and a run begins with it', async () => {
  const page = await open('?backend=wasm#models', {}, 'no WebGPU');
  await card(page)
    .getByText(/ends an answer/)
    .waitFor();
  await card(page).getByText('Start from an adapter').click();
  const files = card(page).getByLabel('Choose its files');
  await files.setInputFiles(await adapterFiles(64));
  await card(page)
    .getByRole('alert')
    .getByText(/expected \[1,128\]/)
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await files.setInputFiles(await adapterFiles(128, '/models/Another-1M'));
  await card(page)
    .getByText(/trained on \/models\/Another-1M, not on builtin/)
    .waitFor();
  await look(page, 'builtin');
  await card(page).getByText('Start from an adapter').click();
  await files.setInputFiles(await adapterFiles());
  await card(page).getByRole('heading', { name: 'adapter on builtin' }).waitFor();
  expect(
    await card(page)
      .getByText(/trained on/)
      .count(),
  ).toBe(0);
  await card(page)
    .getByText(/merged into the weights/)
    .first()
    .waitFor();
  expect(
    await card(page)
      .getByText(/not on builtin/)
      .count(),
  ).toBe(0);
  await card(page)
    .getByRole('button', { name: /^(Download|Use)/ })
    .click();
  await page.getByText('Model: local:adapter on builtin').waitFor();

  const rest =
    '&data.distribution.family=bernoulli&data.distribution.params.p=0.5&arms=[{"method":"none"}]';
  await page.evaluate((fragment) => (location.hash += fragment), rest);
  await page.getByRole('button', { name: 'Run the experiment' }).click();
  await page.getByRole('region', { name: 'Results' }).getByText(/took/).waitFor();

  // A page sees files of the computer until it is left, and says so.
  await page.reload();
  await page.getByText('Model: local:adapter on builtin').waitFor();
  await page.getByText(/adapter on builtin lies on this computer/).waitFor();
  await page.getByRole('button', { name: 'Open the model again' }).click();
  await card(page).getByRole('button', { name: 'Choose it again' }).click();
  await expect.poll(() => isInView(page.getByText('Choose a GGUF file'))).toBe(true);
});

const isInView = (place: Locator) =>
  place.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

test('what is said of files of this computer comes into view on a phone', async () => {
  const phone = { viewport: { width: 390, height: 844 } };
  const page = await open('?backend=wasm#models', phone, 'no WebGPU');
  await card(page).getByText('This is the model of the experiment.').waitFor();
  const notes = { name: 'notes.md', mimeType: 'text/plain', buffer: Buffer.from('notes') };
  await page.getByLabel('Choose a GGUF file').setInputFiles(notes);
  const wrong = page.getByText(/^notes.md is a single file, without config.json beside it/i);
  await wrong.waitFor();
  await expect.poll(() => isInView(wrong)).toBe(true);
  await page.getByLabel('Choose a folder', { exact: true }).setInputFiles(BUILTIN);
  const heading = card(page).getByRole('heading', { name: 'local:builtin' });
  await heading.waitFor();
  await expect.poll(() => isInView(heading)).toBe(true);
  await card(page).getByText('nothing', { exact: true }).waitFor();
});

test('weights in 8 bits are a part of the experiment, and last over a reload', async () => {
  const page = await open('?backend=wasm#weights=int8', {}, 'no WebGPU');
  await page.getByText('Model: built-in, weights in 8 bits').waitFor();
  await page.reload();
  await page.getByText('Model: built-in, weights in 8 bits').waitFor();
  expect(page.url()).toContain('weights=int8');
});

describe('what goes wrong is said, and the page goes on:', () => {
  const alert = (page: Page) => card(page).getByRole('alert');

  test('names that are wrong, missing or not supported, and a gated model until it has a token', async () => {
    const page = await models();
    await look(page, 'nonsense');
    await alert(page)
      .getByText(/is not the name of a model/)
      .waitFor();
    await look(page, 'a/nobody');
    await alert(page).waitFor();
    await look(page, 'a/unknown');
    await card(page)
      .getByText(/model_type "rwkv" is not supported/)
      .waitFor();
    expect(await download(page).count()).toBe(0);

    await look(page, 'a/gated');
    await alert(page).getByText(/token/).waitFor();
    await page.getByLabel('Access token of the hub').fill('friend');
    await page.getByRole('button', { name: 'Use these' }).click();
    await page.getByText(/Tokens begin with hf_/).waitFor();
    await access(page, 'hf_friend');
    await card(page).getByText('1.1 million').waitFor();
    await download(page).click();
    await page.getByText('Model: a/gated').waitFor();
  });

  test('bytes that are not the file leave nothing behind, and can be fetched again', async () => {
    const page = await models();
    await look(page, 'a/copy');
    await download(page).waitFor();
    hub.plan('model.safetensors', { kind: 'scrambled' });
    await download(page).click();
    await alert(page).waitFor();
    // The small files are there, each whole: no model yet.
    await kept(page)
      .getByText(/, not complete$/)
      .waitFor();
    const { length } = hub.reads('model.safetensors');
    await kept(page).getByRole('button', { name: 'Go on with a/copy' }).click();
    await card(page)
      .getByRole('button', { name: /^(Download|Use)/ })
      .click();
    await page.getByText('Model: a/copy').waitFor();
    expect(hub.reads('model.safetensors').length).toBeGreaterThan(length);
    await isWhole(page);
  });

  test('a hub that is busy says so, and is asked again', async () => {
    const page = await models();
    await look(page, 'a/copy');
    await download(page).waitFor();
    // Said to pages of other origins, too; where it is not, they wait longer and longer.
    const headers = { 'retry-after': '0', 'access-control-expose-headers': 'retry-after' };
    const busy: Mishap = { kind: 'status', status: 429, headers };
    hub.plan('model.safetensors', ...Array<Mishap>(5).fill(busy));
    await download(page).click();
    await alert(page)
      .getByText(/too many requests/)
      .waitFor();
    await card(page)
      .getByRole('button', { name: /^(Download|Use)/ })
      .click();
    await page.getByText('Model: a/copy').waitFor();
    await isWhole(page);
  });

  test('a connection that is cut half-way goes on by itself, with the bytes that are missing', async () => {
    const page = await models();
    await look(page, 'a/copy');
    await download(page).waitFor();
    hub.plan('model.safetensors', { kind: 'cut', after: 1_000_000 });
    await download(page).click();
    await page.getByText('Model: a/copy').waitFor();
    const ranges = hub.reads('model.safetensors').flatMap(({ range }) => range ?? []);
    expect(ranges.some((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
    await isWhole(page);
  });

  test('a fetch that stands still can be given up, and goes on where it stopped', async () => {
    const page = await models();
    await look(page, 'a/copy');
    await download(page).waitFor();
    const stall: Mishap = { kind: 'stall', after: 1_000_000 };
    hub.plan('model.safetensors', stall);
    await download(page).click();
    await card(page).getByRole('progressbar', { name: 'Fetching the model' }).waitFor();
    await card(page)
      .getByText(/1\.\d MB of 2\.\d MB/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await card(page).getByRole('button', { name: 'Cancel' }).click();
    await kept(page)
      .getByText(/not complete/)
      .waitFor();
    hub.forget();
    await card(page)
      .getByRole('button', { name: /^(Download|Use)/ })
      .click();
    await page.getByText('Model: a/copy').waitFor();
    const [rest] = hub.reads('model.safetensors').filter(({ server }) => server === 'cdn');
    expect(rest!.range).toMatch(/^bytes=[1-9]\d*-$/);
  });
});

test.each([1280, 390])('axe finds nothing wrong at %i pixels', async (width) => {
  const viewport = { width, height: 900 };
  const page = await open('?backend=wasm#models', { viewport }, 'no WebGPU');
  await card(page)
    .getByText(/ends an answer/)
    .waitFor();
  await page.getByText('Gated models and mirrors').click();
  await card(page).getByText('Start from an adapter').click();
  expect(await violations(page)).toEqual([]);
  await look(page, 'nonsense');
  await card(page).getByRole('alert').waitFor();
  expect(await violations(page)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

test('P6, P3: a folder is asked for again before a run, and the built-in model is a click away', async () => {
  const page = await open('?backend=wasm#models', {}, 'no WebGPU');
  await card(page).getByText('This is the model of the experiment.').waitFor();
  // A folder of the page's own, which no dialogue is needed for.
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('mine', { create: true });
    const names = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
    for (const name of names) {
      const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await file.write(await (await fetch(`models/builtin/${name}`)).blob());
      await file.close();
    }
    Object.assign(window, { showDirectoryPicker: () => Promise.resolve(folder) });
  });
  await page.getByRole('button', { name: 'Choose a folder and remember it' }).click();
  await card(page).getByRole('heading', { name: 'mine' }).waitFor();
  await card(page).getByRole('button', { name: 'Use it in the experiment' }).click();
  await page.getByText('Model: local:mine').waitFor();
  await page.getByRole('button', { name: 'Run the experiment' }).waitFor();

  await page.reload();
  const again = page.getByRole('button', { name: 'Open the model again' });
  await again.waitFor();
  expect(await page.getByRole('button', { name: 'Run the experiment' }).count()).toBe(0);
  await again.click();
  await page.getByRole('button', { name: 'Run the experiment' }).waitFor();

  await page.getByRole('button', { name: 'Use the built-in one' }).click();
  await page.getByText('Model: built-in').waitFor();
});
