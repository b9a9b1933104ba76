// Asking a server about a file without fetching it.
import type { Network } from './network.ts';
import type { RemoteFile } from './remote-source.ts';
import { request } from './request.ts';
import { type Head, headOf } from './response-head.ts';
import { failedAs } from './source-error.ts';

/**
 * Length and version of a file; undefined where there is no such file. Servers that refuse
 * HEAD, or leave out the length, are asked for the first byte.
 * @throws SourceError; the signal's reason
 */
export async function probe(
  file: RemoteFile,
  network: Network,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  try {
    const ask = { ...file, headers: file.headers() };
    const head = await request({ ...ask, method: 'HEAD', accept: [405, 501] }, network, signal);
    if (head.ok) {
      const { sizeHint, ...known } = headOf(head, 0, file);
      if (sizeHint !== undefined) return { ...known, size: sizeHint };
    }
    const first = await request(
      { ...ask, headers: { ...ask.headers, range: 'bytes=0-0' }, accept: [416] },
      network,
      signal,
    );
    await first.body?.cancel();
    return headOf(first, 0, file);
  } catch (thrown) {
    if (!file.certain && failedAs(thrown, 'missing')) return undefined;
    throw thrown;
  }
}
