// A model folder behind a URL, read with progress.
import { InputError } from '../core/errors.ts';
import type { ModelFiles } from './model-files.ts';

/** Bytes read of one file; `total` is undefined where the server does not say. */
export type DownloadProgress = (name: string, bytes: number, total: number | undefined) => void;

/**
 * @param base URL of the folder, with or without a slash at its end.
 * @param fetcher `fetch`, or a cache in front of it.
 * @returns Files of the folder: undefined for "not found", and for an HTML page, which some static
 * servers send instead. Reading throws InputError for any other failure.
 */
export function httpFolder(
  base: string,
  fetcher: typeof fetch,
  onProgress: DownloadProgress = () => {},
): ModelFiles {
  const folder = base.endsWith('/') ? base : `${base}/`;
  return async (name) => {
    const url = folder + name;
    const response = await reached(url, () => fetcher(url));
    const page = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (response.status === 404 || response.status === 410 || (response.ok && page)) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      throw new InputError(
        `${url}: the server answered ${response.status} ${response.statusText}`.trimEnd() + '.',
        'Check the address, or try again later.',
        'model',
      );
    }
    return reached(url, () => body(response, (bytes, total) => onProgress(name, bytes, total)));
  };
}

async function body(
  response: Response,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  // The length counts compressed bytes where the server compresses: no total then.
  const compressed = response.headers.has('content-encoding');
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = !compressed && length > 0 ? length : undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value);
    bytes += part.value.length;
    onProgress(bytes, total);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function reached<T>(url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new InputError(
      `${url} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      'Check the connection and the address; a server must allow cross-origin requests.',
      'model',
    );
  }
}
