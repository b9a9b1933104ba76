// Builds and serves pages for the browser tests, on ports of their own.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, preview, type PreviewServer } from 'vite';
import { inject } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface Served {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** The page as it is shipped; its other parts lie beside the tests. */
const PARTS = {
  page: { root: at('../..'), outDir: at('../../dist') },
  double: { root: at('double'), outDir: at('../../test-results/double') },
  models: { root: at('models'), outDir: at('../../test-results/models') },
};

/** Builds a page, once in all the files of a test run. @returns where it lies */
export async function built(part: keyof typeof PARTS): Promise<string> {
  const { outDir } = PARTS[part];
  const mark = `${outDir}/.built-by`;
  const by = await readFile(mark, 'utf8').catch(() => '');
  if (by !== inject('testRun')) {
    await build({ ...optionsOf(part), logLevel: 'warn' });
    await writeFile(mark, inject('testRun'));
  }
  return outDir;
}

const optionsOf = (part: keyof typeof PARTS) => {
  const { root, outDir } = PARTS[part];
  return { root, configFile: at('../../vite.config.ts'), build: { outDir, emptyOutDir: true } };
};

const serve = async (part: keyof typeof PARTS): Promise<Served> => {
  await built(part);
  const server = await preview({ ...optionsOf(part), preview: { port: 0, host: '127.0.0.1' } });
  return served(server);
};

/** The page as it is shipped, from `dist`. */
export const servePage = () => serve('page');

/** The page with a scripted study, which needs neither a model nor a GPU. */
export const serveDouble = () => serve('double');

/** A page that chooses models, without a GPU. */
export const serveModels = () => serve('models');

function served(server: PreviewServer): Served {
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the preview server has no address');
  return { url, close: () => server.close() };
}
