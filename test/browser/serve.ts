// Builds and serves pages for the browser tests, on ports of their own.
import { fileURLToPath } from 'node:url';
import { build, preview, type PreviewServer } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface Served {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** The page as it is shipped, from `dist`. */
export async function servePage(): Promise<Served> {
  const root = at('../..');
  await build({ root, logLevel: 'warn' });
  return served(await preview({ root, preview: { port: 0, host: '127.0.0.1' } }));
}

/** The page with a scripted study, which needs neither a model nor a GPU. */
export const serveDouble = (): Promise<Served> => servePart('double');

/** A page that chooses models, without a GPU. */
export const serveModels = (): Promise<Served> => servePart('models');

async function servePart(folder: string): Promise<Served> {
  const common = {
    root: at(folder),
    configFile: at('../../vite.config.ts'),
    build: { outDir: at(`../../test-results/${folder}`), emptyOutDir: true },
  };
  await build({ ...common, logLevel: 'warn' });
  return served(await preview({ ...common, preview: { port: 0, host: '127.0.0.1' } }));
}

function served(server: PreviewServer): Served {
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the preview server has no address');
  return { url, close: () => server.close() };
}
