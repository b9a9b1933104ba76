// Builds and serves pages for the browser tests, on ports of their own.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPage, isFresh } from '../../cli/chromium/built-page.ts';
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

/** Builds what is missing or old. Once, before the tests: their files run beside each other. */
export async function buildPages(): Promise<void> {
  await builtPage();
  for (const part of ['double', 'models'] as const) {
    const made = join(PARTS[part].outDir, 'index.html');
    if (!(await isFresh(made, `test/browser/${part}`))) await buildPage(PARTS[part]);
  }
}

/** Where a page lies. */
export async function built(part: keyof typeof PARTS): Promise<string> {
  return part === 'page' ? builtPage() : PARTS[part].outDir;
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
