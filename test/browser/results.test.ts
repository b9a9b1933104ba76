// What the page shows before, during and after a scripted run.
import { expect, test } from 'vitest';
import { finishRun, results, runButton, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();

test('before anything is run, the target is drawn and the untouched model is asked', async () => {
  const page = await open('#lab');
  const preview = page.getByRole('region', { name: 'Gaussian (mu = 0, sigma = 1)' });
  await preview.getByRole('img', { name: /shares of the answers, target/ }).waitFor();
  await preview.getByText(/the untouched model answers/).waitFor();
  await page.getByText('Nothing has been run yet.').waitFor();
  await page.getByText('No runs yet.').waitFor();
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
    .getByRole('img', { name: /^KL on held-out families against [^;]*accuracy/ })
    .waitFor();
  await page.reload();
  await results(page)
    .getByRole('img', { name: /^Shares of the letters/ })
    .waitFor();
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
  const page = await open('?trouble=slow#lab');
  await page.getByText('The lab cannot use WebGPU here.').waitFor();
  await page.getByText('WebAssembly').waitFor();
});
