// A remote model read through the cache: every file is fetched once, checked, and kept.
import { endsBefore, type SeekableFiles } from '../files/model-files.ts';
import { bytesKept, type CachedFile } from './cache-record.ts';
import { discard, fetchFile, versionOf } from './fetch-file.ts';
import type { ModelCache } from './model-cache.ts';
import { inTurn } from './model-lock.ts';
import type { Destination } from './piece-writer.ts';
import { probe } from './probe.ts';
import {
  missingRemotely,
  namesOf,
  type RemoteFile,
  type RemoteSource,
  type Transfer,
} from './remote-source.ts';
import { failedAs, SourceError } from './source-error.ts';

const PIECE_BYTES = 8 * 2 ** 20;
/** A file that is damaged oftener than this while it is read was not damaged by chance. */
const REPAIRS = 2;

export interface CachedFiles extends SeekableFiles {
  /** Notes that whoever loads the model has read all of it: what was read is what it needs. */
  complete(): Promise<void>;
}

/**
 * Reading a file fetches what the cache does not have of it, or what turns out damaged there.
 * Functions throw as `fetchFile`.
 */
export function cachedFiles(
  source: RemoteSource,
  cache: ModelCache,
  transfer: Transfer,
  pieceBytes = PIECE_BYTES,
): CachedFiles {
  const { id, requested, revision } = source;
  const key = cache.key(id, revision);
  const ensured = new Map<string, Promise<CachedFile | undefined>>();
  let recent: { name: string; index: number; bytes: Uint8Array } | undefined;

  const alone = <T>(action: (to: Destination) => Promise<T>) =>
    inTurn(key, transfer.signal, async () => {
      const found = await cache.record(key);
      const record = { files: {}, absent: [], ...found, id, requested, revision };
      return action({ cache, key, record, pieceBytes });
    });

  /** Sees to it, once per session, that the cache has the file. */
  function ensure(name: string): Promise<CachedFile | undefined> {
    const file = source.find(name);
    if (!file) return Promise.resolve(undefined);
    const known = ensured.get(name);
    if (known) return known;
    const ensuring = alone((to) => brought(file, to, transfer));
    ensured.set(name, ensuring);
    ensuring.catch(() => ensured.delete(name));
    return ensuring;
  }

  /** Makes the next `ensure` fetch the file again from this piece on. */
  async function repair(name: string, index: number): Promise<void> {
    await alone(async ({ record }) => {
      const kept = record.files[name];
      if (!kept) return;
      record.files[name] = { ...kept, pieces: kept.pieces.slice(0, index), whole: false };
      await cache.save(key, record);
      await cache.dropPieces(key, name, kept, index);
    });
    ensured.delete(name);
  }

  /** Fills `into` with the bytes from `from` on. @returns the first piece that is damaged, if any */
  async function fill(
    into: Uint8Array,
    name: string,
    from: number,
    { pieces }: CachedFile,
  ): Promise<number | undefined> {
    let start = 0;
    for (const [index, piece] of pieces.entries()) {
      const [first, end] = [start, (start += piece.bytes)];
      if (end <= from || first >= from + into.length) continue;
      if (recent?.name !== name || recent.index !== index) {
        const bytes = await cache.piece(key, name, index, piece);
        if (!bytes) return index;
        recent = { name, index, bytes };
      }
      const part = recent.bytes.subarray(Math.max(0, from - first), from + into.length - first);
      into.set(part, Math.max(0, first - from));
    }
    return undefined;
  }

  /** Undefined where there is no such file. */
  async function read(name: string, from = 0, to?: number): Promise<Uint8Array | undefined> {
    for (let repairs = 0; ; repairs++) {
      const file = await ensure(name);
      if (!file) return undefined;
      const size = bytesKept(file);
      if (to !== undefined && to > size) throw endsBefore(name, to, size);
      const bytes = new Uint8Array((to ?? size) - from);
      const bad = await fill(bytes, name, from, file);
      if (bad === undefined) return bytes;
      if (repairs === REPAIRS) {
        throw new SourceError(
          'damaged',
          `${name} of ${id} is damaged in this browser's cache, again and again.`,
          'Delete the cached model, or check the disk.',
        );
      }
      await repair(name, bad);
    }
  }

  return Object.assign((name: string) => read(name), {
    ...namesOf(source),
    async range(name: string, from: number, to: number) {
      const bytes = await read(name, from, to);
      if (bytes) return bytes;
      throw missingRemotely(name, source);
    },
    async size(name: string) {
      const promised = source.find(name)?.size;
      if (promised !== undefined) return promised;
      const file = await ensure(name);
      return file && bytesKept(file);
    },
    complete: () =>
      alone(async ({ record }) => {
        const needed = [...ensured.keys()].filter((name) => record.files[name]);
        await cache.save(key, { ...record, needed });
      }),
  });
}

/** The file as the cache has it, fetched if need be; undefined where the source has no such file. */
async function brought(
  file: RemoteFile,
  to: Destination,
  transfer: Transfer,
): Promise<CachedFile | undefined> {
  const { name } = file;
  const { cache, key, record } = to;
  const kept = record.files[name];
  if (kept?.whole && (await isCurrent(file, kept, transfer))) {
    await cache.save(key, record);
    transfer.onProgress?.(name, bytesKept(kept), bytesKept(kept));
    return kept;
  }
  const wasAbsent = record.absent.includes(name) && !kept;
  try {
    return await fetchFile(file, to, wasAbsent ? once(transfer) : transfer);
  } catch (thrown) {
    if (wasAbsent && !record.files[name] && failedAs(thrown, 'offline')) return undefined;
    if (file.certain || !failedAs(thrown, 'missing')) throw thrown;
    await discard(file, to);
    record.absent = [...new Set([...record.absent, name])];
    await cache.save(key, record);
    return undefined;
  }
}

/** For questions whose answer is known well enough without the network. */
const once = (transfer: Transfer): Transfer => ({
  ...transfer,
  network: { ...transfer.network, attempts: 1 },
});

/** Whether a whole file is still the one that the source has. Unreachable sources cannot object. */
async function isCurrent(file: RemoteFile, kept: CachedFile, transfer: Transfer): Promise<boolean> {
  if (file.hash) return kept.version === versionOf(file.hash);
  if (file.certain) return true;
  try {
    const head = await probe(file, once(transfer).network, transfer.signal);
    if (!head) return false;
    return head.validator === undefined || kept.version === null
      ? (head.size ?? bytesKept(kept)) === bytesKept(kept)
      : head.validator === kept.version;
  } catch (thrown) {
    if (failedAs(thrown, 'offline', 'busy', 'server')) return true;
    throw thrown;
  }
}
