// Comparing what came of a file with what its source promised: length and checksum.
import { runningHash } from './file-hash.ts';
import type { RemoteFile } from './remote-source.ts';
import { SourceError } from './source-error.ts';

export class Verification {
  readonly #hash;
  #bytes = 0;

  constructor(private readonly file: RemoteFile) {
    this.#hash = file.hash && runningHash(file.hash.algorithm, file.size ?? 0);
  }

  /** Bytes seen so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param chunk the next bytes, in order */
  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#hash?.update(chunk);
  }

  /** What is wrong with the whole of it, if anything. */
  problem(): SourceError | undefined {
    const { what, size, hash } = this.file;
    if (size !== undefined && size !== this.#bytes) {
      return damagedDownload(`${what} has ${this.#bytes} bytes, but ${size} were promised`);
    }
    const found = this.#hash?.hex();
    if (hash === undefined || hash.hex === found) return undefined;
    const kind = hash.algorithm === 'git' ? 'git id' : 'SHA-256';
    return damagedDownload(`${what} has the ${kind} ${found}, but ${hash.hex} was promised`);
  }
}

/** @param problem without its full stop */
export function damagedDownload(problem: string): SourceError {
  return new SourceError(
    'damaged',
    `${problem}.`,
    'What came was thrown away. Try again; if it stays so, the source or a proxy on the way is faulty.',
  );
}
