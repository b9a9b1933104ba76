// Runs of a scripted study: started, paused, cancelled, resumed, repeated, kept and taken home.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { finishRun, history, results, runButton, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();

test('a run shows its progress, its story and its scores, and outlives a reload', async () => {
  const page = await open('#training.steps=60');
  await runButton(page).click();
  const bar = results(page).getByRole('progressbar');
  await bar.waitFor();
  await page.getByText(/Training soft, step \d+ of 60/).waitFor();
  await results(page).getByText('took 42 s').waitFor();

  await results(page)
    .getByText(/% of soft’s answers would have to change on trained prompts/)
    .waitFor();
  for (const split of ['Trained prompts', 'Unseen parameters', 'Held-out families']) {
    const table = results(page).getByRole('table', { name: split });
    expect(await table.getByRole('row').count()).toBe(4);
  }
  await results(page).getByText('Family by family').first().click();
  await results(page).getByRole('rowheader', { name: 'Gaussian', exact: true }).waitFor();

  await page.reload();
  await results(page)
    .getByText(/% of soft’s answers would have to change on trained prompts/)
    .waitFor();
  expect(await history(page).getByRole('listitem').count()).toBe(1);
});

test('P10: there is no chart of the loss before there is a loss to draw', async () => {
  const page = await open('?pace=1000#training.steps=60');
  const chart = results(page).getByRole('heading', { name: 'Loss while training' });
  await runButton(page).click();
  // The first loss comes with the fifth step.
  await page.getByText(/Training soft, step [123] of 60/).waitFor();
  expect(await chart.count()).toBe(0);
  await chart.waitFor();
});

test('P10: what is said of the loss belongs to the methods of the run', async () => {
  const arms = JSON.stringify([{ method: 'hard', answers: 2 }]);
  const page = await open(`#training.steps=60&arms=${encodeURIComponent(arms)}`);
  await finishRun(page);
  await results(page).getByText('Mean loss of a batch, in nats.').waitFor();
  expect(
    await results(page)
      .getByText(/Soft and hard targets reach/)
      .count(),
  ).toBe(0);
});

test('a run can be paused, gone on with, and cancelled; what it measured is kept', async () => {
  const page = await open('#training.steps=2000');
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  const line = page.getByText(/Paused: training soft, step/);
  await line.waitFor();
  // What was under way when it was pressed may still come in.
  const stands = async () => {
    const held = await line.textContent();
    await page.waitForTimeout(500);
    return (await line.textContent()) === held;
  };
  await expect.poll(stands, { timeout: 30_000 }).toBe(true);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(/^Training soft, step/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This run was cancelled.').waitFor();
  await results(page)
    .getByText(/Before training/)
    .waitFor();
  await runButton(page).waitFor();
});

test('whoever works a run by keys goes on from where they were', async () => {
  const page = await open('#training.steps=2000');
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  const press = async (name: string) => {
    await page.getByRole('button', { name }).focus();
    await page.keyboard.press('Enter');
  };
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d/).waitFor();
  await press('Pause');
  await page.getByText(/^Paused: training soft, step/).waitFor();
  expect(await focused()).toBe('Go on');
  await page.keyboard.press('Enter');
  await page.getByText(/^Training soft, step/).waitFor();
  expect(await focused()).toBe('Pause');
  await press('Cancel');
  await page.getByText('This run was cancelled.').waitFor();
  await expect.poll(focused).toBe('Run the experiment');
  await press('Resume at the last checkpoint');
  await page.getByText(/^Training soft, step/).waitFor();
  expect(await results(page).evaluate((part) => part === document.activeElement)).toBe(true);
});

test('whoever comes back sees how far a run is, and is brought to it', async () => {
  const page = await open('?pace=30#training.steps=400');
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d/).waitFor();
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('heading', { name: 'Models', exact: true }).waitFor();
  await expect.poll(() => page.title()).toMatch(/^\d+ % · Models · /);
  await page.getByRole('link', { name: /^Lab \d+ % of the run done$/ }).click();
  const done = page.getByRole('button', { name: /^\d+ % done/ });
  await done.click();
  expect(await results(page).evaluate((part) => part === document.activeElement)).toBe(true);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: /^Paused, \d+ % done/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await runButton(page).waitFor();
  expect(await done.count()).toBe(0);
  expect(await page.title()).toBe('Experiments · Calibration Lab');
});

test('a run whose tab was closed can be resumed', async () => {
  const page = await open('#training.steps=400');
  await runButton(page).click();
  await page.getByText(/Training (soft|hard), step [1-9]\d\d/).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /broke off: go on with it$/ }).click();
  await page.getByText('This run was interrupted.').waitFor();
  await page.getByRole('button', { name: 'Resume at the last checkpoint' }).click();
  await results(page).getByText('took 42 s').waitFor();
});

test('several seeds run one after the other, through a closed tab, and are compared', async () => {
  // Slow enough for each of them to be seen.
  const page = await open('?pace=30#training.steps=60');
  await page.getByLabel('Seed, or several').fill('11, 12, 13');
  await page.getByText('3 runs, one after the other').waitFor();
  await runButton(page).click();
  await page.getByText(/^Seed 12, 2 of 3: training/).waitFor();
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

test('a failed run keeps its error, its advice and the earlier results', async () => {
  const page = await open('?trouble=memory#lab');
  await runButton(page).click();
  await page
    .getByText(
      /This run failed\. Out of memory on the GPU \(.* 3 times before\)\. Use a smaller batch/,
    )
    .waitFor();
  await runButton(page).waitFor();
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
