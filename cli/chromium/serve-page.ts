// A page, built and served on a port of its own.
import { build, preview } from 'vite';

export interface Served {
  /** Ends in a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param page where it is made: its configuration, and what of it is said otherwise */
export async function servePage(page: {
  readonly root?: string;
  readonly configFile: string;
  readonly outDir?: string;
}): Promise<Served> {
  const { outDir, ...rest } = page;
  const place = { ...rest, ...(outDir !== undefined && { build: { outDir, emptyOutDir: true } }) };
  await build({ ...place, logLevel: 'error' });
  const server = await preview({
    ...place,
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1', open: false },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the preview server has no address');
  return { url, close: () => server.close() };
}
