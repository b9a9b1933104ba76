// A remote model read straight from the network, with nothing kept.
import { endsBefore, type SeekableFiles } from '../files/model-files.ts';
import { byteStream, FileChanged } from './byte-stream.ts';
import { refuseLarge } from '../files/size-limits.ts';
import { probe } from './probe.ts';
import {
  missingRemotely,
  namesOf,
  type RemoteFile,
  type RemoteSource,
  type Transfer,
} from './remote-source.ts';
import { failedAs } from './source-error.ts';
import { startingOver } from './starting-over.ts';
import { Verification } from './verification.ts';

/** Functions throw SourceError and the signal's reason. */
export function directFiles(source: RemoteSource, transfer: Transfer): SeekableFiles {
  /** Those that cannot be read in parts, from then on: hosts compress small files only. */
  const held = new Map<string, Promise<Uint8Array | undefined>>();

  async function whole(name: string): Promise<Uint8Array | undefined> {
    const file = source.find(name);
    try {
      return file && (await (held.get(name) ?? startingOver(() => wholeFile(file, transfer))));
    } catch (thrown) {
      if (file?.certain === false && failedAs(thrown, 'missing')) return undefined;
      throw thrown;
    }
  }

  function hold(name: string): Promise<Uint8Array | undefined> {
    const bytes = held.get(name) ?? whole(name);
    held.set(name, bytes);
    bytes.catch(() => held.delete(name));
    return bytes;
  }

  return Object.assign(whole, {
    ...namesOf(source),
    async range(name: string, from: number, to: number) {
      const file = source.find(name);
      if (!file) throw missingRemotely(name, source);
      if (!held.has(name)) {
        try {
          return await joined(byteStream(file, { ...transfer, from, to }));
        } catch (thrown) {
          if (!(thrown instanceof FileChanged)) throw thrown;
        }
      }
      const bytes = await hold(name);
      if (!bytes) throw missingRemotely(name, source);
      if (to > bytes.length) throw endsBefore(name, to, bytes.length);
      return bytes.subarray(from, to);
    },
    async size(name: string) {
      const file = source.find(name);
      if (!file || file.size !== undefined) return file?.size;
      const head = await probe(file, transfer.network, transfer.signal);
      return head && (head.size ?? (await hold(name))?.length);
    },
  });
}

async function wholeFile(file: RemoteFile, transfer: Transfer): Promise<Uint8Array> {
  const verification = new Verification(file);
  let total = file.size;
  const stream = byteStream(file, {
    ...transfer,
    onHead: (head) => (total ??= head.size ?? head.sizeHint),
  });
  const bytes = await joined(stream, (chunk) => {
    verification.add(chunk);
    refuseLarge(file.name, verification.bytes);
    transfer.onProgress?.(file.name, verification.bytes, total);
  });
  const problem = verification.problem();
  if (problem) throw problem;
  return bytes;
}

async function joined(
  stream: AsyncIterable<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    onChunk(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
