// The page with a scripted study: everything a person can do, without a model or a GPU.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { serveDouble } from './serve.ts';

const open = pagesFrom(serveDouble);

const runButton = (page: Page) => page.getByRole('button', { name: 'Run the experiment' });
const results = (page: Page) => page.getByRole('region', { name: 'Results' });
const history = (page: Page) => page.getByRole('region', { name: 'Runs in this browser' });

async function finishRun(page: Page): Promise<void> {
  await runButton(page).click();
  await results(page).getByText('took 42 s').waitFor();
}

test('before anything is run, the target is drawn and the untouched model is asked', async () => {
  const page = await open();
  const preview = page.getByRole('region', { name: 'Gaussian (mu = 0, sigma = 1)' });
  await preview.getByRole('img', { name: /shares of the answers, target/ }).waitFor();
  await preview.getByText(/the untouched model answers/).waitFor();
  await page.getByText('Nothing has been run yet.').waitFor();
  await page.getByText('No runs yet.').waitFor();
});

test('a run shows its progress, its story and its scores, and outlives a reload', async () => {
  const page = await open('#training.steps=60');
  await runButton(page).click();
  const bar = results(page).getByRole('progressbar');
  await bar.waitFor();
  await page.getByText(/Training soft, step \d+ of 60/).waitFor();
  await results(page).getByText('took 42 s').waitFor();

  await results(page)
    .getByText(/soft is \d+× closer on trained prompts/)
    .waitFor();
  for (const split of ['Trained prompts', 'Unseen parameters', 'Held-out families']) {
    const table = results(page).getByRole('table', { name: split });
    expect(await table.getByRole('row').count()).toBe(4);
  }
  await results(page).getByText('Family by family').first().click();
  await results(page).getByRole('rowheader', { name: 'Gaussian', exact: true }).waitFor();

  await page.reload();
  await results(page)
    .getByText(/soft is \d+× closer on trained prompts/)
    .waitFor();
  expect(await history(page).getByRole('listitem').count()).toBe(1);
});

test('a run can be paused, gone on with, and cancelled; what it measured is kept', async () => {
  const page = await open('#training.steps=2000');
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  const line = page.getByText(/Paused: training soft, step/);
  await line.waitFor();
  await page.waitForTimeout(200);
  const held = await line.textContent();
  await page.waitForTimeout(300);
  expect(await line.textContent()).toBe(held);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(/^Training soft, step/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This run was cancelled.').waitFor();
  await results(page)
    .getByText(/Before training/)
    .waitFor();
  await runButton(page).waitFor();
});

test('a run whose tab was closed can be resumed', async () => {
  const page = await open('#training.steps=400');
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d\d/).waitFor();
  await page.reload();
  await page.getByText('This run was interrupted.').waitFor();
  await page.getByRole('button', { name: 'Resume at the last checkpoint' }).click();
  await results(page).getByText('took 42 s').waitFor();
});

test('several seeds run one after the other, through a closed tab, and are compared', async () => {
  const page = await open('#training.steps=60');
  await page.getByLabel('Seed, or several').fill('11, 12, 13');
  await page.getByText('3 runs, one after the other').waitFor();
  await runButton(page).click();
  await page.getByText(/^Seed 12, 2 of 3: training soft/).waitFor();
  await page.reload();
  const second = history(page).getByRole('listitem').nth(1);
  await second.getByText('interrupted').waitFor();
  await history(page).getByText('waiting').waitFor();
  await second.getByRole('button', { name: /^Open/ }).click();
  await page.getByRole('button', { name: 'Resume at the last checkpoint' }).click();
  await page.getByText(/^Seed 13, 3 of 3: /).waitFor();
  await runButton(page).waitFor();
  expect(await history(page).getByText('done', { exact: true }).count()).toBe(3);
  await results(page).getByRole('link', { name: 'Compare 3 seeds' }).click();
  await page.getByText('seeds 11, 12, 13').first().waitFor();
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
      .getByText(/p = 1.5, but it must lie between 0 and 1/)
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
    const page = await open();
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

  test('a failed run keeps its error, its advice and the earlier results', async () => {
    const page = await open('?trouble=memory');
    await runButton(page).click();
    await page
      .getByText(/This run failed\. Out of memory on the GPU\. Use a smaller batch/)
      .waitFor();
    await runButton(page).waitFor();
  });
});

test('the experiment is in the address, and the address sets the experiment', async () => {
  const page = await open('#seed=7&training.steps=50');
  expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('7');
  await page.getByRole('spinbutton', { name: 'Optimizer steps per arm' }).fill('60');
  await page.waitForFunction(() => location.hash.includes('training.steps=60'));
  expect(new URL(page.url()).hash).toBe('#training.steps=60&seed=7');
});

test('runs can be named, opened, set up again, taken home and deleted', async () => {
  const page = await open('#training.steps=20&seed=3');
  await finishRun(page);
  const name = history(page).getByRole('textbox', { name: 'Name of the run' });
  await name.fill('my first');
  await name.press('Enter');
  await results(page).getByRole('heading', { name: 'my first' }).waitFor();

  const downloading = page.waitForEvent('download');
  await results(page).getByRole('button', { name: /JSON/ }).click();
  const file = await (await downloading).path();
  const json = JSON.parse(await readFile(file, 'utf8'));
  expect(json.config.seed).toBe(3);
  expect(json.arms.soft.training.steps).toBe(20);
  expect(json.arms.base.exact).toHaveLength(54);
  expect(json.arms.soft.summary.train.kl).toBeLessThan(json.arms.base.summary.train.kl);

  await page.getByRole('textbox', { name: 'Seed' }).fill('4');
  await history(page).getByRole('button', { name: 'Set up again my first' }).click();
  expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('3');
  await history(page).getByRole('button', { name: 'Delete my first' }).click();
  await history(page).getByRole('button', { name: 'Delete for good my first' }).click();
  await page.getByText('No runs yet.').waitFor();
});

test('the page can be used with the keyboard alone', async () => {
  const page = await open('#training.steps=20');
  await page.getByText(/self-test passed/).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip to');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Use another');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('radio', { name: 'One family' }).isChecked();
  await page.getByRole('combobox', { name: 'Family', exact: true }).waitFor();
  const reached = new Set<string>();
  for (let i = 0; i < 90 && !reached.has('Run the experiment'); i++) {
    await page.keyboard.press('Tab');
    reached.add(
      (await page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
        return (label?.textContent ?? '').trim();
      })) || 'unnamed',
    );
  }
  expect([...reached]).toEqual(
    expect.arrayContaining(['sigma, standard deviation', 'Learning rate', 'Advanced']),
  );
  expect([...reached]).toContain('Run the experiment');
  await page.keyboard.press('Enter');
  await results(page).getByText('took 42 s').waitFor();
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

test('further evaluations are chosen, shown while they come in, and kept', async () => {
  const page = await open('#training.steps=20');
  await page.getByRole('checkbox', { name: /Open-ended answers/ }).check();
  await page.getByRole('checkbox', { name: /Position of the right answer/ }).check();
  await page.getByRole('checkbox', { name: /Retention/ }).check();
  await page.waitForFunction(() => location.hash.includes('evaluation.open=true'));
  await runButton(page).click();
  // The untouched arm's reports stand there while the others train.
  await results(page).getByRole('region', { name: 'Open-ended answers' }).waitFor();
  await results(page).getByText('took 42 s').waitFor();
  const open_ended = results(page).getByRole('img', {
    name: /^Shares of the most frequent answers/,
  });
  expect(await open_ended.getAttribute('aria-label')).toMatch(/base: .*; soft: .*; hard: /);
  await results(page)
    .getByRole('img', { name: /^KL on held-out families against accuracy/ })
    .waitFor();
  await page.reload();
  await results(page)
    .getByRole('img', { name: /^Shares of the letters/ })
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

test('every chart has its numbers behind it', async () => {
  const page = await open('#training.steps=20');
  await finishRun(page);
  // A chart's numbers are put in after its `details` has opened, which the browser tells the page later.
  const numbersOf = async (chart: RegExp) => {
    const figure = results(page)
      .getByRole('figure')
      .filter({
        has: page.getByRole('img', { name: chart }),
      });
    await figure.getByText('The numbers', { exact: true }).click();
    const numbers = figure.getByRole('region', { name: /: the numbers$/ });
    await numbers.waitFor();
    return numbers;
  };
  const loss = await numbersOf(/^Loss over 20 optimizer steps/);
  expect(await loss.getByRole('row').count()).toBe(1 + 4);
  const answers = await numbersOf(/^Uniform: shares/);
  expect(await answers.getByRole('columnheader').allTextContents()).toEqual([
    'answer',
    'target',
    'base',
    'soft',
    'hard',
  ]);
  expect(await answers.getByRole('row').count()).toBe(1 + 99);
});

test('without WebGPU the page says what is slower', async () => {
  const page = await open('?trouble=slow');
  await page.getByText('The lab cannot use WebGPU here.').waitFor();
  await page.getByText('WebAssembly').waitFor();
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([1280, 390])('axe finds nothing wrong at %i pixels', async (width) => {
    const page = await open('#training.steps=20', {
      colorScheme,
      viewport: { width, height: 900 },
    });
    await page.getByText(/the untouched model answers/).waitFor();
    for (const title of ['Advanced', /Choose families/])
      await page.getByText(title).first().click();
    await page.getByRole('checkbox', { name: /Open-ended answers/ }).check();
    await page.getByRole('table', { name: /What training takes/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await runButton(page).click();
    await page.getByRole('progressbar').waitFor();
    expect(await violations(page)).toEqual([]);
    await results(page).getByText('took 42 s').waitFor();
    for (const title of ['The numbers', 'Family by family']) {
      for (const summary of await page.getByText(title, { exact: true }).all()) {
        await summary.click();
      }
    }
    await page.getByRole('radio', { name: 'Own choices' }).check();
    await page.getByRole('textbox', { name: 'Answer 2' }).fill('heads');
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});
