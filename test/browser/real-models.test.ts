// Real GGUF files, chosen on the page as it is shipped: what opening them takes, and transformers' own figures.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { REAL_FILES, whyAbsent } from '../../scripts/real-model-files.mjs';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const open = pagesFrom(servePage);

/** The prompt of Beta(2, 5) with two decimals, for the untouched model alone. */
const EXPERIMENT =
  'data.distribution.family=beta&data.distribution.params.alpha=2&data.distribution.params.beta=5' +
  '&arms=[{"name":"base","method":"none"}]&evaluation.splits=["train"]&training.batch=1';

/** Megabytes that opening a model may take beyond its weights: what is read at once, and its vocabulary. */
const BESIDE_WEIGHTS = 150;

/** Weights in megabytes, as `bench/open-model.ts` counts them; the probability of a valid answer. */
test.each([
  {
    ...{ name: 'SmolLM2-135M-Instruct, Q4_1', path: REAL_FILES.smollm2 },
    ...{ weights: 112, validMass: 3.8471e-5 },
  },
  {
    ...{ name: 'Gemma 3 270M, Q4_K_M', path: REAL_FILES.gemma3 },
    ...{ weights: 294, validMass: 1.06985e-8 },
  },
])('$name', async ({ path, weights, validMass }) => {
  if (!existsSync(path)) return console.log(whyAbsent(path));
  const page = await open(`?backend=wasm#${EXPERIMENT}`, {}, 'no WebGPU');
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByLabel('Choose a GGUF file').setInputFiles(path);
  const use = page.getByRole('button', { name: 'Use it in the experiment' });
  await use.waitFor();
  const began = await residentOfPages();
  // From here on: what the page took before is no part of it.
  for (const { id } of began) await writeFile(`/proc/${id}/clear_refs`, '5');
  await use.click();
  await page.getByText(/^Model: local:/).waitFor();
  const ended = await residentOfPages();
  const before = Math.max(...began.map(({ now }) => now));
  const peak = Math.max(...ended.map(({ most }) => most));
  console.log(`opening takes ${Math.round(peak - before)} MB, ${weights} of them weights`);
  expect(peak - before).toBeLessThan(weights + BESIDE_WEIGHTS);

  await page.getByRole('button', { name: 'Run the experiment' }).click();
  const results = page.getByRole('region', { name: 'Results' });
  await results.getByText(/took/).waitFor();
  const downloaded = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /as JSON$/ })
    .first()
    .click();
  const { arms } = JSON.parse(await readFile(await (await downloaded).path(), 'utf8')) as {
    arms: { base: { exact: { valid_mass: number }[] } };
  };
  expect(Math.abs(arms.base.exact[0]!.valid_mass / validMass - 1)).toBeLessThan(1e-3);
});

interface Resident {
  readonly id: number;
  /** Megabytes of the process, workers and WebAssembly among them: now, and at most. */
  readonly now: number;
  readonly most: number;
}

/** The pages of this test's browser, as Linux counts what is resident. */
async function residentOfPages(): Promise<Resident[]> {
  const processes = new Map<number, Resident & { parent: number; isPage: boolean }>();
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string) => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
    const [line, status] = [await read('cmdline'), await read('status')];
    const number = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    const megabytes = (name: string) => (1024 * number(name)) / 1e6;
    processes.set(Number(id), {
      ...{ id: Number(id), parent: number('PPid'), isPage: line.includes('--type=renderer') },
      ...{ now: megabytes('VmRSS'), most: megabytes('VmHWM') },
    });
  }
  const isMine = (id: number): boolean => {
    for (let at = id; at > 1; at = processes.get(at)?.parent ?? 0) {
      if (at === process.pid) return true;
    }
    return false;
  };
  return [...processes.values()].filter(({ id, isPage }) => isPage && isMine(id));
}
