// Pages of the project, built and served on ports of their own.
import { build, preview } from 'vite';

/** How a page is made, where it differs from what its configuration says. */
export interface Page {
  readonly root?: string;
  readonly configFile: string;
  readonly outDir: string;
}

export interface Served {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

const optionsOf = ({ outDir, ...page }: Page) => ({
  ...page,
  logLevel: 'error' as const,
  build: { outDir, emptyOutDir: true },
});

export const buildPage = async (page: Page): Promise<void> => void (await build(optionsOf(page)));

/** A page that is built already. */
export async function servePage(page: Page): Promise<Served> {
  const at = { port: 0, host: '127.0.0.1', open: false };
  const server = await preview({ ...optionsOf(page), preview: at });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the preview server has no address');
  return { url, close: () => server.close() };
}
