// Bringing a file into the cache: from where it stopped, in pieces, and checked when it is complete.
import { byteStream } from './byte-stream.ts';
import type { CachedFile } from './cache-record.ts';
import type { FileHash } from './file-hash.ts';
import { type Destination, PieceWriter } from './piece-writer.ts';
import { refuseLarge } from '../files/size-limits.ts';
import type { RemoteFile, Transfer } from './remote-source.ts';
import { startingOver } from './starting-over.ts';
import { Verification } from './verification.ts';

/** The version that a promised checksum stands for. */
export const versionOf = ({ algorithm, hex }: FileHash): string => `${algorithm}:${hex}`;

/**
 * Goes on with what the cache has of the file, if that is of the same version, else starts over.
 * Whatever happens, the cache then holds the whole file, or a beginning that is marked as one.
 * @throws SourceError, after a wrong checksum with nothing kept; the signal's reason
 */
export async function fetchFile(
  file: RemoteFile,
  to: Destination,
  transfer: Transfer,
): Promise<CachedFile> {
  const kept = to.record.files[file.name];
  if (kept && file.hash && kept.version !== versionOf(file.hash)) await discard(file, to);
  return startingOver(
    () => goOn(file, to, transfer),
    () => discard(file, to),
  );
}

/** Forgets a file and its pieces. */
export async function discard({ name }: RemoteFile, to: Destination): Promise<void> {
  const kept = to.record.files[name];
  if (!kept) return;
  delete to.record.files[name];
  await to.cache.save(to.key, to.record);
  await to.cache.dropPieces(to.key, name, kept);
}

async function goOn(file: RemoteFile, to: Destination, transfer: Transfer): Promise<CachedFile> {
  const kept = to.record.files[file.name] ?? { version: null, pieces: [], whole: false };
  const verification = new Verification(file);
  const sound = await soundPieces(file, to, kept, verification);
  const version = file.hash ? versionOf(file.hash) : kept.version;
  const writer = new PieceWriter(to, file.name, kept.pieces.slice(0, sound), version);
  let total = file.size;
  if (total === undefined || verification.bytes < total) {
    const stream = byteStream(file, {
      ...transfer,
      from: verification.bytes,
      // What is kept here need not be kept by the browser's own cache, too.
      cache: 'no-store',
      ...(!file.hash && version !== null && { validator: version }),
      onHead(head) {
        if (!file.hash) writer.version = head.validator ?? null;
        total ??= head.size ?? head.sizeHint;
      },
    });
    try {
      for await (const chunk of stream) {
        verification.add(chunk);
        refuseLarge(file.name, verification.bytes);
        await writer.add(chunk);
        transfer.onProgress?.(file.name, verification.bytes, total);
      }
    } finally {
      await writer.flush();
    }
  }
  const problem = verification.problem();
  if (!problem) return writer.save(true);
  await discard(file, to);
  throw problem;
}

/** How many pieces of the beginning are still what was written; the verification sees them. */
async function soundPieces(
  { name }: RemoteFile,
  { cache, key }: Destination,
  kept: CachedFile,
  verification: Verification,
): Promise<number> {
  for (const [index, piece] of kept.pieces.entries()) {
    const content = await cache.piece(key, name, index, piece);
    if (!content) {
      await cache.dropPieces(key, name, kept, index);
      return index;
    }
    verification.add(content);
  }
  return kept.pieces.length;
}
