// The form of an experiment, with a scripted study behind it: settings, links, bad input, own files.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { finishRun, history, results, runButton, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();

test('the experiment is in the address, and the address sets the experiment', async () => {
  const page = await open('#seed=7&training.steps=50');
  expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('7');
  await page.getByRole('spinbutton', { name: 'Optimizer steps per arm' }).fill('60');
  await page.waitForFunction(() => location.hash.includes('training.steps=60'));
  expect(new URL(page.url()).hash).toBe('#training.steps=60&seed=7');
});

describe('bad input', () => {
  test('names the field, says what to do, and keeps the last possible picture', async () => {
    const page = await open(
      '#data.distribution.family=binomial&data.distribution.params.n=10&data.distribution.params.p=0.5',
    );
    await page.getByText(/the untouched model answers/).waitFor();
    const p = page.getByRole('spinbutton', { name: /^p,/ });
    await p.fill('1.5');
    await page
      .getByRole('alert')
      .getByText(/p = 1.5, but it must be a number from 0 to 1/)
      .waitFor();
    expect(await p.getAttribute('aria-invalid')).toBe('true');
    expect(await runButton(page).isDisabled()).toBe(true);
    await page.getByText('Shown are the last settings that were possible.').waitFor();
    await p.fill('');
    await page.getByRole('alert').getByText('Give a finite number.').waitFor();
    await p.fill('0.25');
    expect(await runButton(page).isDisabled()).toBe(false);
    await page.getByRole('region', { name: 'Binomial (n = 10, p = 0.25)' }).waitFor();
  });

  test('parameters that do not go together are refused by the worker', async () => {
    const page = await open(
      '#data.distribution.family=uniform&data.distribution.params.a=0&data.distribution.params.b=1',
    );
    await page.getByRole('region', { name: 'Uniform (a = 0, b = 1)' }).waitFor();
    await page.getByRole('spinbutton', { name: /^a,/ }).fill('2');
    await page
      .getByRole('alert')
      .getByText(/a must be below b/)
      .waitFor();
  });

  test('in the advanced settings opens them', async () => {
    const page = await open('#data.bins=50');
    await page.getByText('Advanced', { exact: true }).click();
    const bins = page.getByRole('spinbutton', { name: 'Most answers per prompt' });
    await bins.fill('1');
    await page
      .getByRole('alert')
      .getByText(/Give a whole number from 2/)
      .waitFor();
  });

  test('own choices must differ and say something', async () => {
    const page = await open('#lab');
    await page.getByRole('radio', { name: 'Own choices' }).check();
    await page.getByRole('textbox', { name: 'Answer 2' }).fill('heads');
    await page
      .getByRole('alert')
      .getByText(/repeats "heads"/)
      .waitFor();
    await page.getByRole('textbox', { name: 'Answer 2' }).fill('');
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'A die' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('in a link is explained, and the default experiment shown', async () => {
    const page = await open('#seed=eleven');
    await page.getByText(/The link you followed cannot be read/).waitFor();
    expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('11');
  });
});

test('W3: a link with choices and no prompt asks what a run of it would ask', async () => {
  const page = await open('#lab');
  await page.getByRole('radio', { name: 'Own choices' }).check();
  const prompt = page.getByRole('textbox', { name: 'What the model is asked' });
  await prompt.fill('Toss it. Say heads or tails.');
  const choices = [
    { value: 'red', weight: 1 },
    { value: 'blue', weight: 1 },
  ];
  const link = `#data.choices=${encodeURIComponent(JSON.stringify(choices))}`;
  await page.evaluate((hash) => (location.hash = hash), link);
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('blue'));
  expect(await prompt.inputValue()).toContain('red');
  expect(await prompt.inputValue()).not.toContain('heads');
});

test('P11: what a preset decides has no field that says otherwise', async () => {
  const page = await open('#training.preset=paper');
  await page.getByText('Advanced', { exact: true }).click();
  const field = (name: string) => page.getByRole('spinbutton', { name, exact: true });
  await field('LoRA dropout').waitFor();
  const decided = ['Optimizer steps per arm', 'Decimals of an answer', 'Most answers per prompt'];
  for (const name of decided) expect(await field(name).count(), name).toBe(0);
  await page.getByRole('radio', { name: 'As set here' }).check();
  for (const name of decided) await field(name).waitFor();
  await page.getByRole('radio', { name: 'Best' }).check();
  await field('Prompts per step').waitFor({ state: 'detached' });
  await page.getByText(/Questions answered in words \(6 kinds\)/).waitFor();
});

test('a preset says what it is and what each arm will take', async () => {
  const page = await open('#training.steps=100');
  const table = page.getByRole('table', { name: /What training takes/ });
  const rowOf = (arm: string) => table.getByRole('row', { name: new RegExp(`^${arm} `) });
  await rowOf('soft').getByText('100', { exact: true }).waitFor();
  await page.getByRole('radio', { name: 'Paper', exact: true }).check();
  await page.getByText(/which is not matched: 5 decimals/).waitFor();
  // 1,988 prompts in batches of 8: three epochs of one path, two epochs of 16 answers.
  await rowOf('soft').getByText('746', { exact: true }).waitFor();
  await rowOf('hard').getByText('7,952', { exact: true }).waitFor();
  expect(await rowOf('hard').getByText('16,384').count()).toBe(1);
  expect(await page.getByRole('spinbutton', { name: 'Optimizer steps per arm' }).count()).toBe(0);
  await page.getByRole('radio', { name: 'Matched' }).check();
  await rowOf('hard').getByText('100', { exact: true }).waitFor();
  const cells = async (arm: string) =>
    (await rowOf(arm).getByRole('cell').allTextContents()).slice();
  expect(await cells('soft')).toEqual(await cells('hard'));
  await page.waitForFunction(() => location.hash.includes('training.preset=matched'));
});

test('choices pasted from a spreadsheet fill the rows', async () => {
  const page = await open('#data.choices=[{"value":"a","weight":1},{"value":"b","weight":1}]');
  const paste = (text: string) =>
    page.getByLabel('Answer 1', { exact: true }).evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
    }, text);
  await paste('rain\t3\nsun\t5\nsnow\t2\n');
  await page.waitForFunction(() => location.hash.includes('snow'));
  expect(await page.getByLabel('Answer 2', { exact: true }).inputValue()).toBe('sun');
  expect(await page.getByLabel('Weight of answer 2').inputValue()).toBe('5');
  expect(await page.getByLabel('Answer 4', { exact: true }).inputValue()).toBe('b');
  await paste('rain\t3\nsun\tmuch');
  await page
    .getByRole('alert')
    .getByText(/Line 2 of the choices/)
    .waitFor();
});

test('when answers of novelty are the same can be said', async () => {
  const page = await open('#training.steps=20');
  await page.getByRole('checkbox', { name: /Novelty/ }).check();
  await page.getByRole('radio', { name: 'They are equal' }).check();
  await page.waitForFunction(() => location.hash.includes('evaluation.partitioner=equality'));
  await page.getByRole('radio', { name: 'Embeddings are close' }).check();
  await page.getByLabel('Model that embeds').fill('hf:me/embeds');
  await page.getByLabel('Vector of a text').selectOption('its last token');
  await page.getByLabel('Threshold').fill('7');
  await page.getByText('Give a number from -1 to 1.').first().waitFor();
  await page.getByLabel('Threshold').fill('0.9');
  await page.waitForFunction(() => location.hash.includes('partitioner.pooling=last'));
  await page.reload();
  expect(await page.getByLabel('Model that embeds').inputValue()).toBe('hf:me/embeds');
  expect(await page.getByLabel('Threshold').inputValue()).toBe('0.9');
  expect(await violations(page)).toEqual([]);
});

test('files of one’s own are read, used and kept out of the link', async () => {
  const page = await open('#evaluation.open=true&training.steps=20');
  const file = page.getByLabel('Own prompts');
  const give = (name: string, text: string) =>
    page
      .getByLabel(/(Own|Other) prompts/)
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  await give('mine.json', '["Name a tree.", 7]');
  await page
    .getByRole('alert')
    .getByText(/mine\.json, entry 2: the record must be a text or an object with a prompt; found 7/)
    .waitFor();
  await give('mine.json', '["Name a tree.", "Name a bird."]');
  await page.getByText('2 prompts of your own are used.').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.getByText('2 prompts, 50 short answers each').waitFor();
  expect(new URL(page.url()).hash).toBe('#training.steps=20&evaluation.open=true');
  await finishRun(page);
  const downloading = page.waitForEvent('download');
  await results(page).getByRole('button', { name: /JSON/ }).click();
  const json = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
  expect(json.config.evaluation.data.open).toEqual([
    { id: '1', prompt: 'Name a tree.' },
    { id: '2', prompt: 'Name a bird.' },
  ]);
  await page.getByRole('button', { name: 'Use the lab’s prompts' }).click();
  await page.getByText('32 prompts, 50 short answers each').waitFor();
  await file.waitFor();
  // A run brings its own data along.
  await history(page)
    .getByRole('button', { name: /^Set up again/ })
    .click();
  await page.getByText('2 prompts of your own are used.').waitFor();
});
