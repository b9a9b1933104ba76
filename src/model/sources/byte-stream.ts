// The bytes of a file over the network, carried across broken connections.
import { backoffMs, type Network } from './network.ts';
import type { RemoteFile } from './remote-source.ts';
import { request, unreachable } from './request.ts';
import { type Head, headOf } from './response-head.ts';
import { SourceError } from './source-error.ts';

export interface StreamOptions {
  readonly network: Network;
  /** First byte wanted; with `to` absent, everything before it is there already. */
  readonly from?: number;
  /** End of the bytes wanted; absent, the end of the file. */
  readonly to?: number;
  /** Version of the file that the bytes before `from` belong to. */
  readonly validator?: string;
  readonly cache?: RequestCache;
  readonly signal?: AbortSignal | undefined;
  /** Hears what the server says of the file before its first byte comes. */
  readonly onHead?: (head: Head) => void;
}

/** The file is not, or cannot be shown to be, the one whose beginning we have: start over. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/**
 * Yields the bytes in order, each once. After a break it asks for the missing ones only.
 * @throws FileChanged where a beginning cannot be continued; SourceError; the signal's reason.
 */
export async function* byteStream(
  file: RemoteFile,
  options: StreamOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { network, from = 0, to, signal } = options;
  let { validator } = options;
  let at = from;
  for (let breaks = 0; ;) {
    const continuing = at > (to === undefined ? 0 : from);
    if (continuing && validator === undefined && !file.hash) {
      throw new FileChanged(`${file.what} has no version to compare`);
    }
    const response = await request(
      {
        ...file,
        headers: { ...file.headers(), ...rangeHeaders(file.url, at, to, validator) },
        cache: options.cache ?? 'default',
        accept: [416],
      },
      network,
      signal,
    );
    const head = headOf(response, at, file);
    if (validator !== undefined && head.validator !== undefined && head.validator !== validator) {
      await response.body?.cancel();
      throw new FileChanged(`${file.what} has changed on the server`);
    }
    if (head.compressed) {
      await response.body?.cancel();
      throw new FileChanged(`${file.what} comes compressed, so it cannot be read in parts`);
    }
    // A whole file in answer to a range is the same file only if something says so.
    const unknown = continuing && head.start < at && (head.validator ?? file.hash) === undefined;
    if (unknown || head.start > at) {
      await response.body?.cancel();
      throw new FileChanged(`${file.what} cannot be continued on this server`);
    }
    validator ??= head.validator;
    const size = file.size ?? head.size;
    if (response.status === 416) {
      await response.body?.cancel();
      if (to === undefined && (size === undefined || at === size)) return;
      throw tooShort(file, to ?? at, size);
    }
    options.onHead?.(head);
    let broken: unknown;
    try {
      let skip = at - head.start;
      for await (const chunk of bodyOf(response, network.silenceMs)) {
        const wanted = chunk.subarray(Math.min(skip, chunk.length), skip + ((to ?? Infinity) - at));
        skip -= Math.min(skip, chunk.length);
        if (wanted.length === 0) continue;
        at += wanted.length;
        breaks = 0;
        yield wanted;
        if (at === to) return;
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      broken = thrown;
    }
    const end = to ?? size;
    if (end === undefined ? broken === undefined : at >= end) return;
    if (to !== undefined && size !== undefined && size < to) throw tooShort(file, to, size);
    const cause = broken instanceof Error ? broken : new Error('the connection broke off');
    if (++breaks >= network.attempts) throw unreachable(file.what, cause);
    await network.wait(backoffMs(breaks), signal);
  }
}

/**
 * Simple ranges need no leave of another origin, If-Range does; there, the versions that the answers
 * name are compared instead.
 */
function rangeHeaders(url: string, at: number, to?: number, validator?: string) {
  if (at === 0 && to === undefined) return {};
  const origin = (globalThis as { location?: Location }).location?.origin;
  const own = origin === undefined || new URL(url).origin === origin;
  return {
    range: `bytes=${at}-${to === undefined ? '' : to - 1}`,
    ...(own && validator !== undefined && { 'if-range': validator }),
  };
}

async function* bodyOf(
  response: Response,
  silenceMs: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (!reader) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('the connection fell silent')), silenceMs);
      });
      const part = await Promise.race([reader.read(), silence]);
      clearTimeout(timer);
      if (part.done) return;
      yield part.value;
    }
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => {});
  }
}

function tooShort({ what }: RemoteFile, end: number, size?: number): SourceError {
  return new SourceError(
    'damaged',
    `${what} ends at byte ${size ?? '?'}, before byte ${end}.`,
    'The file on the server is cut off or of another version; use another copy of the model.',
  );
}
