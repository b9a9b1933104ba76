// Builds and serves pages for the browser tests, on ports of their own.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { builtPage } from '../../cli/chromium/built-page.ts';
import { buildPage, servePage as serveBuilt } from '../../cli/chromium/serve-page.ts';
import type { Page, Served } from '../../cli/chromium/serve-page.ts';

export type { Served };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const configFile = at('../../vite.config.ts');

/** The page as it is shipped; its other parts lie beside the tests. */
const PARTS = {
  page: { configFile, root: at('../..'), outDir: at('../../dist') },
  double: { configFile, root: at('double'), outDir: at('../../test-results/double') },
  models: { configFile, root: at('models'), outDir: at('../../test-results/models') },
} satisfies Record<string, Page>;

/** Builds a page, once in all the files of a test run and the whole one if it is old. @returns where it lies */
export async function built(part: keyof typeof PARTS): Promise<string> {
  if (part === 'page') return builtPage();
  const { outDir } = PARTS[part];
  const mark = `${outDir}/.built-by`;
  const by = await readFile(mark, 'utf8').catch(() => '');
  if (by !== inject('testRun')) {
    await buildPage(PARTS[part]);
    await writeFile(mark, inject('testRun'));
  }
  return outDir;
}

const serve = async (part: keyof typeof PARTS): Promise<Served> => {
  await built(part);
  return serveBuilt(PARTS[part]);
};

/** The page as it is shipped, from `dist`. */
export const servePage = () => serve('page');

/** The page with a scripted study, which needs neither a model nor a GPU. */
export const serveDouble = () => serve('double');

/** A page that chooses models, without a GPU. */
export const serveModels = () => serve('models');
